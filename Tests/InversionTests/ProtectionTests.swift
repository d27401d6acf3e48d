import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Protected templates")
struct ProtectionTests {
  private let templates = Tensor.normal(
    [40, 16], dtype: .float64, using: Generator(seed: 4, purpose: "templates"))

  private func cosines(_ templates: Tensor) -> Tensor {
    templates.unitRows().linear(templates.unitRows())
  }

  @Test("a rotation changes no score")
  func rotation() throws {
    let rotated = try RandomProjection(from: 16, to: 16, seed: 3).protect(templates)
    #expect((cosines(rotated) - cosines(templates)).abs().max().item < 1e-6)
    #expect((rotated - templates).abs().max().item > 0.5)
  }

  @Test("a projection keeps scores on average over secrets, and each secret gives other templates")
  func projection() throws {
    let pair = templates[0..<2].unitRows()
    let products = try (0..<2000).map { seed in
      let projected = try RandomProjection(from: 16, to: 4, seed: UInt64(seed)).protect(pair)
      // A projection to M of D coordinates keeps M / D of a product on average.
      return (projected[0] * projected[1]).sum().item * 4
    }
    let mean = products.reduce(0, +) / 2000
    let wanted = (pair[0] * pair[1]).sum().item
    let deviation = products.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2000
    #expect(abs(mean - wanted) < 4 * (deviation / 2000).squareRoot())
    let one = try RandomProjection(from: 16, to: 4, seed: 1)
    #expect(one.protect(pair).isIdentical(to: one.protect(pair)))
    #expect(one.protect(pair).shape == [2, 4] && one.outputWidth(of: 16) == 4)
  }

  @Test("levels are equally far apart, and two of them leave the signs")
  func quantisation() throws {
    let signs = try TemplateQuantisation(levels: 2, reach: 1).protect(templates)
    #expect(((signs - templates.sign() / 4).abs().max().item) < 1e-12)
    let coarse = try TemplateQuantisation(levels: 5, reach: 2, slope: .exact).protect(templates)
    // D = 16: levels at -0.5, -0.25, 0, 0.25 and 0.5.
    let values = Set(coarse.values(as: Double.self).map { ($0 * 4).rounded() })
    #expect(values == [-2, -1, 0, 1, 2])
    #expect((coarse * 4 - (coarse * 4).rounded()).abs().max().item < 1e-12)
    let inside = templates.unitRows().abs().less(than: 0.5)
    let errors = (coarse - templates.unitRows()).abs().selecting(where: inside)
    #expect(errors.max().item <= 0.125 + 1e-12)
    let fine = try TemplateQuantisation(levels: 65_536, reach: 4).protect(templates)
    #expect((fine - templates.unitRows()).abs().max().item < 1e-4)
  }

  @Test("gradients of rounding are zero, and an attack that knows of it goes straight through")
  func slopes() throws {
    func slope(_ kind: TemplateQuantisation.Slope) throws -> Tensor {
      let quantisation = try TemplateQuantisation(levels: 3, slope: kind)
      let weights = Laboratory.noise([40, 16], .float64)
      return valueAndGradient(at: templates) { (quantisation.protect($0) * weights).sum() }
        .gradient
    }
    #expect(try slope(.exact).abs().max().item == 0)
    let weights = Laboratory.noise([40, 16], .float64)
    let plain = valueAndGradient(at: templates) { ($0.unitRows() * weights).sum() }.gradient
    #expect(try (slope(.straightThrough) - plain).abs().max().item < 1e-12)
  }

  @Test("protections wrap an encoder, one after the other")
  func wrapped() throws {
    let encoder = FrozenEncoder(Laboratory.encoder(), inputShape: [1, 16, 16])
    let projection = try RandomProjection(from: 12, to: 6, seed: 2)
    let quantisation = try TemplateQuantisation(levels: 4)
    let protected = try ProtectedEncoder(encoder, protections: [projection, quantisation])
    #expect(protected.templateWidth == 6 && protected.inputShape == [1, 16, 16])
    #expect(protected.name == "encoder, projection to 6, quantisation to 4 levels")
    let images = Laboratory.noise([4, 1, 16, 16])
    let wanted = quantisation.protect(projection.protect(try encoder.templates(of: images)))
    #expect(try (protected.checkedTemplates(of: images) - wanted).abs().max().item < 1e-6)
    #expect(
      throws: InversionError.templateWidth(
        encoder: "encoder, projection to 6", width: 12, expected: 8)
    ) {
      try ProtectedEncoder(
        encoder, protections: [RandomProjection(from: 8, to: 6, seed: 2)])
    }
  }

  @Test("an odd number of levels can leave nothing of a template, which is said")
  func nothingLeft() throws {
    let encoder = try ProtectedEncoder(
      Laboratory.identity(4), protections: [TemplateQuantisation(levels: 3, reach: 20)])
    let images = Laboratory.noise([2, 1, 1, 4])
    #expect(throws: InversionError.zeroTemplate(encoder: encoder.name, index: 0)) {
      try encoder.checkedTemplates(of: images)
    }
  }

  @Test("settings out of range are refused")
  func refusals() {
    #expect(throws: InversionError.self) { try RandomProjection(from: 8, to: 9, seed: 1) }
    #expect(throws: InversionError.self) { try RandomProjection(from: 8, to: 0, seed: 1) }
    #expect(throws: InversionError.self) { try TemplateQuantisation(levels: 1) }
    #expect(throws: InversionError.self) { try TemplateQuantisation(levels: 4, reach: 0) }
  }
}
