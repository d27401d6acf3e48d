import Foundation
import Networks
import Perturbations
import Testing
import Torch

@testable import Training

/// Rows V1 to V7: virtual adversarial directions and what is trained with them.
@Suite("Virtual adversarial training")
struct VirtualAdversarialTests {
  private func directions(
    _ rule: VirtualAdversarialDirection, _ model: any Layer, at inputs: Tensor, radius: Double = 1,
    norm: any Norm = L2(), mask: Tensor? = nil, firstIndex: Int = 0
  ) throws -> Tensor {
    var streams = Context(seed: 3).streams(
      "test", examples: Array(firstIndex..<firstIndex + inputs.size(0)))
    return rule.perturbations(
      of: inputs, clean: model(inputs).detached(),
      within: try Ball(norm, radius: radius, mask: mask), streams: &streams
    ) { model($0) }
  }

  @Test("with matched masks the divergence at zero is zero, and so is its slope")
  func zero() throws {
    let model = Laboratory.network([6, 20, 4], dropout: 0.5)
    let step = Laboratory.step(model, Laboratory.normal([5, 6]), classes: 4)
    let variable = step.batch.inputs.variable()
    let moved = model(variable, step.pass(updatesStatistics: false))
    for divergence in Divergence.allCases {
      let value = divergence(from: step.viewLogits.detached(), to: moved).sum()
      #expect(abs(value.item) < 1e-15, "\(divergence)")
      let slope = gradients(of: value, withRespectTo: [variable], retainGraph: true)[0]
      #expect(slope.abs().max().item < 1e-15, "\(divergence)")
    }
    let unmatched = model(variable, step.pass(updatesStatistics: false, purpose: "other"))
    #expect(Divergence.cleanToPerturbed(from: step.viewLogits, to: unmatched).sum().item > 1e-3)
  }

  @Test("without a random start the ascent of TRADES stays where it is")
  func tradesStays() throws {
    let model = Laboratory.network([6, 20, 4])
    let step = Laboratory.step(model, Laboratory.normal([5, 6]), classes: 4)
    let clean = model(step.batch.inputs).detached()
    func distance(from start: Ascent.Start) throws -> Double {
      let ascent = Ascent(norm: L2(), radius: 0.3, steps: 5, stepSize: 0.1, start: start)
      let moved = try ascent.run(step, step.view, purpose: "test") {
        Divergence.cleanToPerturbed(from: clean, to: $0)
      }
      return L2().length(of: moved - step.batch.inputs).max().item
    }
    #expect(try distance(from: .center) == 0)
    #expect(try distance(from: .noise(0.001)) > 0.29)
  }

  @Test("of two classes one iteration finds the direction between the weights, at any step")
  func binary() throws {
    let model = Laboratory.network([9, 2])
    let weight = model.parameters[0].value.detached()
    let axis = L2().steepest((weight[1] - weight[0]).unsqueezed(0))[0]
    let probes: [VirtualAdversarialDirection.Probe] =
      [.exact] + [1e-4, 1e-2, 1, 10].map { .finiteDifference(step: $0) }
    for probe in probes {
      let found = try directions(
        VirtualAdversarialDirection(probe: probe), model, at: Laboratory.normal([4, 9]))
      for index in 0..<4 { #expect(abs(abs(found[index].dot(axis).item) - 1) < 1e-10, "\(probe)") }
    }
  }

  @Test("iterations approach the top eigenvector at the rate of the eigenvalues")
  func powerIteration() throws {
    let model = Laboratory.network([12, 5])
    let row = Laboratory.normal([1, 12], seed: 4)
    let clean = model(row).detached()
    let hessian = Laboratory.hessian(at: row) {
      Divergence.cleanToPerturbed(from: clean, to: model($0)).sum()
    }
    let (values, vectors) = hessian.symmetricEigen()
    let spectrum = values.values(as: Double.self)
    #expect(spectrum.filter { abs($0) > 1e-10 }.count <= 4)
    let top = vectors.select(11, along: 1)
    func tangent(_ iterations: Int) throws -> Double {
      let rule = VirtualAdversarialDirection(powerIterations: iterations, probe: .exact)
      let cosine = abs(try directions(rule, model, at: row)[0].dot(top).item)
      return max(0, 1 - cosine * cosine).squareRoot() / cosine
    }
    let ratio = spectrum[10] / spectrum[11]
    #expect(abs(try tangent(9) / tangent(8) - ratio) < 0.02 * ratio)
    #expect(try tangent(60) < 1e-7)
  }

  @Test("the divergence grows as half the top eigenvalue times the squared radius")
  func secondOrder() throws {
    let model = Laboratory.network([8, 10, 4])
    let row = Laboratory.normal([1, 8], seed: 4)
    let clean = model(row).detached()
    let top = Laboratory.hessian(at: row) {
      Divergence.cleanToPerturbed(from: clean, to: model($0)).sum()
    }.symmetricEigen().values[7].item
    let rule = VirtualAdversarialDirection(powerIterations: 200, probe: .exact)
    let direction = try directions(rule, model, at: row)
    // Opposite signs cancel the third order, so what is left is of the fourth.
    func rest(_ radius: Double) -> Double {
      let sum = [1.0, -1.0].map {
        Divergence.cleanToPerturbed(from: clean, to: model(row + direction * (radius * $0))).item
      }.reduce(0, +)
      return sum / 2 / (radius * radius) - top / 2
    }
    #expect(abs(rest(0.04) / rest(0.02) - 4) < 0.05)
  }

  @Test("the standard step is exact in float32, and the published one warns")
  func precision() throws {
    let model = Laboratory.network([784, 10], dtype: .float32)
    let inputs = Laboratory.normal([32, 784], dtype: .float32) * 0.3
    let exact = try directions(VirtualAdversarialDirection(probe: .exact), model, at: inputs)
    func cosines(_ step: Double) throws -> [Double] {
      let rule = VirtualAdversarialDirection(probe: .finiteDifference(step: step))
      return try directions(rule, model, at: inputs).cosineSimilarity(to: exact)
        .values(as: Double.self)
    }
    let standard = try #require(try cosines(1e-2).min())
    #expect(standard >= 0.999)
    let published = try #require(try cosines(1e-6).sorted().dropFirst(16).first)
    #expect(published < 0.99)
    var term = try VirtualAdversarial(radius: 1)
    #expect(term.warnings.isEmpty)
    term.direction.probe = .finiteDifference(step: 1e-6)
    #expect(term.warnings.count == 1)
  }

  @Test("nothing of the network changes, also after an error")
  func nothingChanges() throws {
    struct Failure: Error {}
    let model = Laboratory.network([6, 8, 4], dropout: 0.3, batchNorm: true)
    let parameters = model.parameters.map(\.value)
    let buffers = model.namedBuffers.map { $0.buffer.wrappedValue }
    let step = Laboratory.step(
      model, Laboratory.normal([5, 6]), classes: 4, unlabelled: Laboratory.normal([7, 6], seed: 9))
    let value = try VirtualAdversarial(radius: 0.5).value(in: step)
    #expect(value.item > 0)
    let isRecording = { (Tensor.ones([1]).variable() * 2).requiresGradient }
    var streams = Context().streams("test", examples: [0])
    #expect(throws: Failure.self) {
      _ = try VirtualAdversarialDirection().perturbations(
        of: Laboratory.normal([1, 6]), clean: Laboratory.normal([1, 4]),
        within: try Ball(L2(), radius: 1), streams: &streams
      ) { _ in throw Failure() }
    }
    #expect(isRecording())
    #expect(zip(parameters, model.parameters).allSatisfy { $0 === $1.value })
    #expect(zip(buffers, model.namedBuffers).allSatisfy { $0 === $1.buffer.wrappedValue })
  }

  @Test("a direction depends on its example alone")
  func perExample() throws {
    let model = Laboratory.network([6, 20, 4])
    let inputs = Laboratory.normal([9, 6])
    for rule in [
      VirtualAdversarialDirection(probe: .exact), VirtualAdversarialDirection(powerIterations: 3),
      VirtualAdversarialDirection(powerIterations: 0),
    ] {
      let whole = try directions(rule, model, at: inputs)
      let part = try directions(rule, model, at: inputs[4].unsqueezed(0), firstIndex: 4)
      #expect(Laboratory.largestDifference(whole[4], part[0]) < 1e-12)
    }
  }

  @Test("an alignment is the cosine to the direction that was found")
  func alignment() throws {
    let model = Laboratory.network([6, 20, 4])
    let inputs = Laboratory.normal([5, 6])
    var rule = VirtualAdversarialDirection()
    let found = try directions(rule, model, at: inputs)
    rule.alignment = 0.3
    let mixed = try directions(rule, model, at: inputs)
    let cosines = mixed.cosineSimilarity(to: found).values(as: Double.self)
    #expect(cosines.allSatisfy { abs($0 - 0.3) < 1e-12 })
    let lengths = L2().length(of: mixed).values(as: Double.self)
    #expect(lengths.allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test("every norm's perturbation lies on the surface of its ball, outside the mask nothing moves")
  func surface() throws {
    let model = Laboratory.network([6, 20, 4])
    let inputs = Laboratory.normal([5, 6])
    let mask = Tensor([1.0, 1, 0, 1, 0, 1])
    for norm in Norms.all.filter(\.isHomogeneous) {
      let rule = VirtualAdversarialDirection()
      let moved = try directions(rule, model, at: inputs, radius: 0.7, norm: norm, mask: mask)
      let lengths = norm.length(of: moved).values(as: Double.self)
      #expect(lengths.allSatisfy { abs($0 - 0.7) < 1e-12 }, "\(norm.name)")
      #expect((moved * (1 - mask)).abs().max().item == 0)
    }
    let sequences = Laboratory.normal([2, 3, 2])
    let rule = VirtualAdversarialDirection(granularity: .position)
    var streams = Context().streams("test", examples: [0, 1])
    let moved = rule.perturbations(
      of: sequences, clean: model(sequences.flattened(from: 1)).detached(),
      within: try Ball(L2(), radius: 0.7), streams: &streams
    ) { model($0.flattened(from: 1)) }
    let lengths = moved.squared().sum(along: 2).sqrt()
    #expect(
      Laboratory.largestDifference(lengths, Tensor.full([2, 3], 0.7, dtype: .float64)) < 1e-12)
  }

  @Test("Bernoulli's divergence is that of two classes")
  func bernoulli() {
    let (z, other) = (Laboratory.normal([50, 1]) * 5, Laboratory.normal([50, 1], seed: 2) * 5)
    let pair = { (logit: Tensor) in Tensor.concatenated([logit * 0, logit], along: 1) }
    let expected = Divergence.cleanToPerturbed(from: pair(z), to: pair(other))
    let found = Divergence.bernoulli(from: z, to: other)
    #expect(Laboratory.largestDifference(expected, found) < 1e-12)
    let extreme = Tensor([1000.0, -1000, 0], shape: [3, 1])
    for divergence in Divergence.allCases {
      let wide = Tensor.concatenated([extreme, -extreme], along: 1)
      let values = divergence(from: wide, to: wide * 0.5)
      #expect(values.isFinite.all, "\(divergence)")
    }
  }

  @Test("a radius of zero is refused")
  func radius() {
    for radius in [0, -1, Double.nan, .infinity] {
      #expect(throws: PerturbationError.self) { try VirtualAdversarial(radius: radius) }
    }
    for options: [String: SettingValue] in [
      ["radius": .number(0)], ["powerIterations": .number(-1)], ["step": .number(-1)],
      ["divergence": .text("k")],
    ] {
      #expect(throws: TrainingError.self) {
        try TermRegistry.term("virtual-adversarial", options: options)
      }
    }
  }

  @Test("the cosine with exact directions is measured where it is asked for")
  func cosine() throws {
    let model = Laboratory.network([6, 4])
    var term = try VirtualAdversarial(radius: 0.5)
    term.cosineEvery = 2
    term.direction.powerIterations = 30
    let step = Laboratory.step(model, Laboratory.normal([5, 6]), classes: 4)
    _ = try term.value(in: step)
    let cosine = try #require(step.measurements["cosine"])
    #expect(cosine > 0.99 && cosine <= 1 + 1e-12)
    let next = Laboratory.step(model, Laboratory.normal([5, 6]), classes: 4, at: 1)
    _ = try term.value(in: next)
    #expect(next.measurements["cosine"] == nil)
  }
}
