import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch
import Training

extension ModelErrataTests {
  @Test("9: a hinge is flat once it is satisfied; its margin is no angle")
  func flat() throws {
    let target = Tensor([1.0, 0], shape: [1, 2])
    let other = try Negatives(Tensor([0.0, 1], shape: [1, 2]), identities: [1])
    func slope(_ loss: FeatureLoss) throws -> Double {
      try valueAndGradient(at: Tensor([cos(0.2), sin(0.2)], shape: [1, 2])) {
        try loss.losses($0, targets: target, identities: [0], negatives: other).sum()
      }.gradient.norm().item
    }
    #expect(try slope(.hinge(ContrastiveHinge(margin: 0.4))) == 0)
    #expect(try slope(.contrastive(InfoNCE(temperature: 0.3))) > 0.1)
    let cosines = Tensor([cos(1.0)])
    let (radians, units) = (AngularMargin.angle(0.5)(cosines), AngularMargin.cosine(0.5)(cosines))
    #expect(abs((radians - units).item) > 0.02)
  }

  @Test("10: a centre that the loss may move comes to the image; ours stays with public features")
  func centre() throws {
    let known = Tensor([1.0, 1, 1, 3], shape: [2, 2])
    let image = Tensor([9.0, -9], shape: [1, 2])
    func after(_ rule: FeatureCentres.Rule) throws -> (loss: Double, centre: [Double]) {
      let centres = try FeatureCentres(of: known, classes: [0, 0], count: 1, rule: rule)
      var optimiser = SGD(centres.parameters)
      func loss() throws -> Tensor { try centres.losses(image, labels: Tensor([0])).sum() }
      for _ in 0..<60 {
        let total =
          rule == .learned ? try loss() + centres.fit(to: known, classes: [0, 0]) : try loss()
        let slopes = gradients(of: total, withRespectTo: centres.parameters.map(\.value))
        optimiser.step(slopes, learningRate: 0.3)
      }
      return (try loss().item, centres.vectors.values())
    }
    let note = try after(.freeAsPrinted)
    #expect(note.loss < 1e-6 && areClose(note.centre, [9, -9], 1e-3))
    let ours = try after(.learned)
    #expect(areClose(ours.centre, [1, 2], 1e-6) && abs(ours.loss - (64 + 121) / 2.0) < 1e-3)
  }

  @Test("11: the note rewards collapse; ours punishes it")
  func collapse() throws {
    func spread(_ angle: Double) -> Tensor { Laboratory.images([0, angle]).flattened(from: 1) }
    let zero = Tensor([0.0])[0]
    func note(_ vectors: Tensor) -> Double {
      // 0.6 L_attr + 0.4 L_layers - 0.1 L_div, with L_div = -Var.
      let diversity = -vectors.variance(along: [0], correction: 1).sum()
      return -0.1 * diversity.item
    }
    func ours(_ vectors: Tensor) throws -> Double {
      let loss = try DiversityLoss(enough: 0.5)
      return PerceptualMix.standard(
        attributes: zero, layers: zero,
        diversity: loss.mean(of: try DiversityLoss.variances(of: vectors, labels: [0, 0]))
      ).item
    }
    #expect(note(spread(0)) < note(spread(40)))
    #expect(try ours(spread(0)) > ours(spread(40)))
    #expect(try abs(ours(spread(0)) - 0.05) < 1e-9)
  }

  @Test("12: ours has a bound, is indifferent to lengths, and is not of identities")
  func diversity() throws {
    let vectors = Tensor.normal(
      [4, 3], dtype: .float64, using: Generator(seed: 4, purpose: "vectors"))
    func note(_ vectors: Tensor) -> Double {
      -vectors.variance(along: [0], correction: 1).sum().item / 3
    }
    // Longer vectors are rewarded without end.
    #expect(abs(note(vectors * 10) / note(vectors) - 100) < 1e-9)
    let loss = try DiversityLoss(enough: 0.2)
    func ours(_ vectors: Tensor) throws -> Double {
      loss.mean(of: try DiversityLoss.variances(of: vectors, labels: [0, 0, 0, 0])).item
    }
    #expect(try abs(ours(vectors * 10) - ours(vectors)) < 1e-12)
    #expect(try ours(Tensor.identity(4, dtype: .float64)) == 0)
    // On identities: images that all are the person have L_id = 0, and the note would have them apart.
    let same = Laboratory.images([0, 0, 0]).flattened(from: 1)
    let apart = Laboratory.images([-40, 0, 40]).flattened(from: 1)
    let target = Laboratory.images([0, 0, 0]).flattened(from: 1)
    func identity(_ found: Tensor) throws -> Double {
      try FeatureLoss.cosine.losses(found, targets: target, identities: [0, 0, 0]).mean().item
    }
    #expect(note(apart) < note(same))
    #expect(try identity(apart) > identity(same) + 0.1)
  }

  @Test("12: the variance of perceptual features is half of the mean distance of pairs")
  func perceptualVariance() throws {
    let images = Tensor.normal(
      [5, 6, 1, 1], dtype: .float64, using: Generator(seed: 6, purpose: "images"))
    let distance = try PerceptualDistance(name: "pixels", weights: [1]) { [$0] }
    let labels = [0, 1, 0, 0, 2]
    let found = try DiversityLoss.variances(of: images, labels: labels, by: distance)
    let wanted = try DiversityLoss.variances(of: images.flattened(from: 1), labels: labels)
    #expect(found.count == 1 && wanted.count == 1)
    #expect(abs(found[0].item - wanted[0].item) < 1e-9)
    #expect(try DiversityLoss().mean(of: []).item == 0)
    #expect(throws: InversionError.self) { try DiversityLoss(enough: 0) }
    #expect(throws: InversionError.self) {
      try DiversityLoss.variances(of: images, labels: [0], by: distance)
    }
  }
}
