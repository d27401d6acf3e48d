import Explanations
import Perturbations
import Testing
import Torch

/// Maps against those of captum and of independent implementations.
@Suite("Golden attributions")
struct GoldenAttributionTests {
  /// A map of the fixture.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let method: any Attribution
    var factor = 1.0
    var tolerance = 1e-9
    var testDescription: String { name }
  }

  /// captum rounds its weights, multiples of 1/50, to single precision.
  private static let singleWeight = Double(Float(0.02)) / 0.02

  static let cases = [
    Case(name: "Saliency(abs)", method: Saliency()),
    Case(name: "Gradient", method: Saliency(isAbsolute: false)),
    Case(name: "InputXGradient", method: GradientTimesInput()),
    Case(name: "IG50 gausslegendre", method: IntegratedGradients()),
    Case(
      name: "IG50 riemann_middle", method: IntegratedGradients(quadrature: .midpoint),
      factor: singleWeight),
    // captum's weights add up to 49/50.
    Case(
      name: "IG50 riemann_trapezoid", method: IntegratedGradients(quadrature: .trapezoid),
      factor: 49.0 / 50 * singleWeight),
    Case(
      name: "SmoothGrad mean over given noise", method: SmoothGrad(noise: GoldenNetwork.noise)),
    Case(name: "SmoothGrad_sq", method: SquareGrad(noise: GoldenNetwork.noise)),
    Case(
      name: "VarGrad captum (population)",
      method: VarGrad(divisor: .population, noise: GoldenNetwork.noise)),
    Case(name: "VarGrad unbiased", method: VarGrad(noise: GoldenNetwork.noise)),
    // captum adds up patches in single precision.
    Case(name: "Occlusion 3x3 stride 3 captum", method: Occlusion(), tolerance: 1e-7),
    Case(name: "GradCAM(conv2,relu,no resize)", method: GradCAM(resizing: .none)),
    Case(
      name: "GradCAM++ xplique(mean variant)",
      method: GradCAMPlusPlus(resizing: .none, pooling: .mean)),
  ]

  @Test("maps", arguments: cases)
  func maps(_ golden: Case) throws {
    let result = try golden.method.attribute(
      GoldenNetwork.batch, GoldenNetwork.question(), context: Context())
    let expected = try GoldenNetwork.golden("net", "attr", golden.name)
    let found = (result.maps * golden.factor).values(as: Double.self)
    #expect(largestDifference(found, expected) < golden.tolerance)
    let logits = try GoldenNetwork.golden("net", "attr", "logits")
    #expect(abs(result.scores[0] - logits[GoldenNetwork.classNumber]) < 1e-12)
  }

  @Test("maps do not depend on how many rows go through at once", arguments: cases)
  func batchCap(_ golden: Case) throws {
    var question = GoldenNetwork.question()
    question.batchCap = 2
    let result = try golden.method.attribute(GoldenNetwork.batch, question, context: Context())
    let expected = try GoldenNetwork.golden("net", "attr", golden.name)
    let found = (result.maps * golden.factor).values(as: Double.self)
    #expect(largestDifference(found, expected) < golden.tolerance)
  }

  @Test("a sum of overlapping patches is their mean where none overlap")
  func overlaps() throws {
    let question = GoldenNetwork.question()
    func map(_ method: Occlusion) throws -> Tensor {
      try method.attribute(GoldenNetwork.batch, question, context: Context()).maps
    }
    let apart = try map(Occlusion(patch: 2, stride: 2))
    #expect(try map(Occlusion(patch: 2, stride: 2, overlap: .sum)).isIdentical(to: apart))
    let sum = try map(Occlusion(patch: 2, stride: 1, overlap: .sum))
    let mean = try map(Occlusion(patch: 2, stride: 1, overlap: .mean))
    // A corner lies under one patch, an edge under two, all else under four.
    #expect(abs((sum[0, 0, 0] - mean[0, 0, 0]).item) < 1e-12)
    #expect(abs((sum[0, 0, 3] - mean[0, 0, 3] * 2).item) < 1e-12)
    #expect(abs((sum[0, 3, 3] - mean[0, 3, 3] * 4).item) < 1e-12)
    // Three columns of three do not cover eight.
    let whole = try map(Occlusion(overlap: .sum, coversEdges: false))
    #expect(whole[0].narrowed(to: 6..<8, along: 1).abs().max().item == 0)
  }
}
