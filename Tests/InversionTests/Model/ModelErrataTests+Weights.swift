import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch
import Training

extension ModelErrataTests {
  @Test("13: the note's last form never learns: its slope at its own start is zero")
  func zeroSlope() throws {
    for loss in [0.01, 1.0, 30] {
      let note = valueAndGradient(at: Tensor([0.0])) { s in
        ((-s.squared()).exp() * loss + s.squared()).sum()
      }.gradient.item
      #expect(note == 0)
      let weight = try LearnedWeight()
      let slope = gradient(
        of: weight.weighted(Tensor([loss])), withRespectTo: weight.parameter.value
      ).item
      #expect(abs(slope - 0.5 * (1 - loss)) < 1e-6)
    }
    // Weights of exp(-s²) are never above 1, whatever s.
    #expect([-3.0, -1, 0, 2].allSatisfy { exp(-$0 * $0) <= 1 })
    let start = try LearnedWeight(start: -2)
    #expect(abs(start.value - 0.5 * exp(2)) < 1e-5)
  }

  @Test("14: a weight of a loss below zero runs off; ours is refused, and s is kept in bounds")
  func runaway() throws {
    var s = 0.0
    for _ in 0..<200 { s -= 0.05 * (-0.5 * exp(-s) * -2 + 0.5) }
    #expect(s < -6 || s.isNaN)
    let images = MadeImages("none") { $0.batch.inputs }
    let target = TargetModel(name: "none", directions: .ones([2, 2])) {
      TargetModel.Answers(logits: $0, features: $0)
    }
    let raw = ClassifierGuidance(.rivals(TopRivals()), of: target, on: images)
    #expect(throws: TrainingError.unboundedTerm("classifier")) {
      try TermWeighting.learned().weighted(raw)
    }
    let bounded = ClassifierGuidance(.boundedRivals(TopRivals(), margin: 1), of: target, on: images)
    #expect(try TermWeighting.learned().weighted(bounded).learned?.range == -4...4)
    #expect(throws: TrainingError.self) { try TermWeighting.learned(start: 5).weighted(bounded) }
    #expect(throws: TrainingError.self) { try TermWeighting.fixed(-1).weighted(raw) }
  }

  @Test("15: all s start at zero, so that weights are equal, and move at a tenth of the rate")
  func start() throws {
    let weight = try LearnedWeight()
    #expect(weight.logVariance == 0 && weight.value == 0.5 && weight.rate == 0.1)
    // The note's list holds log σ where log σ² is meant: its weights would be the roots of those meant.
    for sigma in [0.5, 0.8, 1.5] {
      let meant = 0.5 / (sigma * sigma)
      #expect(try abs(LearnedWeight(start: log(sigma)).value - meant) > 0.05)
      #expect(try abs(LearnedWeight(start: 2 * log(sigma)).value - meant) < 1e-6)
    }
  }

  @Test("16: sources are the examples, which are public; a smaller distance is more alike")
  func sources() throws {
    let distance = try PerceptualDistance(Laboratory.encoder())
    let image = Laboratory.noise([1, 1, 16, 16])
    let near = (image + 0.02).clamped(to: 0...1)
    #expect(try distance(image, image).item == 0)
    #expect(try distance(image, near).item < distance(image, 1 - image).item)
    #expect(PerceptualDistance.standardWeights == [0.2, 0.5, 0.3])
  }

  @Test("17: attributes are read by something with a gradient, which does not reach the source")
  func attributes() throws {
    let reader = try AttributeReader(
      name: "means",
      groups: [.init("pose", count: 1, weight: 2), .init("light", count: 2)]
    ) { images in
      let flat = images.flattened(from: 1)
      return flat.narrowed(to: 0..<3, along: 1)
    }
    let image = Tensor([1.0, 2, 3, 4], shape: [1, 1, 2, 2])
    let source = Tensor([0.0, 0, 1, 9], shape: [1, 1, 2, 2])
    let (value, slope) = try valueAndGradient(at: image) {
      try reader.losses($0, sources: source).sum()
    }
    // Twice the one of the pose, and the mean of 4 and 4 of the light.
    #expect(value.item == 6)
    #expect(slope.flattened().values() == [4.0, 2, 2, 0])
    let back = try valueAndGradient(at: source) { try reader.losses(image, sources: $0).sum() }
    #expect(back.gradient.abs().sum().item == 0)
  }

  @Test(
    "18: vectors that are scaled when used have length 1 whatever they are; classes apart are not asked"
  )
  func lengths() throws {
    let vectors = Tensor([3.0, 4, 0, 2], shape: [2, 2])
    #expect(abs(EmbeddingNorm.penalty(of: vectors).item - (16 + 1)) < 1e-9)
    #expect(abs(EmbeddingNorm.penalty(of: vectors[1..<2]).item - 1) < 1e-9)
    let (value, slope) = valueAndGradient(at: vectors) { EmbeddingNorm.penalty(of: $0.unitRows()) }
    #expect(value.item < 1e-12 && slope.abs().max().item < 1e-9)
    let zero = valueAndGradient(at: .zeros([1, 2], dtype: .float64)) {
      EmbeddingNorm.penalty(of: $0)
    }
    #expect(zero.gradient.isFinite.all)
  }
}
