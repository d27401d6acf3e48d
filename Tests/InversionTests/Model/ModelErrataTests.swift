import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch
import Training

/// The design note of model inversion, error by error: its form fails the property, ours has it.
@Suite("Errata of the note on model inversion")
struct ModelErrataTests {
  @Test("1: low times are little noise; the weights by noise are high there, and 1 in the mean")
  func importance() throws {
    let time = try DDPMTime()
    #expect(try time.level(at: 100) < 0.4 && time.level(at: 900) > 5)
    let shares = Tensor((0..<1000).map { (Double($0) + 0.5) / 1000 })
    let ours = NoiseImportance.byNoise.weights(atQuantiles: shares)
    let note = NoiseImportance.byTimeAsPrinted.weights(atQuantiles: shares)
    #expect(ours[0].item == 1.5 && ours[500].item == 1 && ours[999].item == 0.5)
    // The note gives what it calls the most important stage the least weight.
    #expect(note[0].item == 0.5 && note[999].item == 1.5)
    #expect(abs(ours.mean().item - 1) < 1e-12)
    // Quantiles of levels as they are drawn: also 1 in the mean over training.
    let levels = NoiseDistribution()
    let drawn = levels.levels(
      ofNormals: .normal([20_000], dtype: .float64, using: Generator(seed: 3, purpose: "levels")))
    let mean = NoiseImportance.byNoise.weights(atQuantiles: levels.quantiles(of: drawn)).mean()
    #expect(abs(mean.item - 1) < 0.01)
  }

  /// A prior that finds `factor` times the noise, turned by an angle, in one image of two pixels.
  private func guess(factor: Double, angle: Double, level: Double = 0.5) -> PriorLoss.Guess {
    let clean = Tensor([0.2, -0.1], shape: [1, 1, 1, 2])
    let found = Tensor([factor * cos(angle), factor * sin(angle)], shape: [1, 1, 1, 2])
    let noisy = clean + Tensor([1.0, 0], shape: [1, 1, 1, 2]) * level
    return PriorLoss.Guess(
      clean: clean, noisy: noisy, estimate: noisy - found * level, level: Tensor([level]),
      quantile: Tensor([0.5]))
  }

  @Test("2: a cosine does not see how much noise there is, and its gradient vanishes too")
  func cosine() throws {
    let cosine = try PriorLoss(measure: .cosineAlone)
    let squared = try PriorLoss()
    func value(_ loss: PriorLoss, _ factor: Double, _ angle: Double) -> Double {
      loss.losses(guess(factor: factor, angle: angle), scale: Tensor([4.0])).item
    }
    // Three times the noise that there is: sampling with it would overshoot.
    #expect(abs(value(cosine, 3, 0)) < 1e-12)
    #expect(abs(value(squared, 3, 0) - 2) < 1e-12)
    // Both are quadratic in a small error: a tenth of the error, a hundredth of the loss.
    for loss in [cosine, squared] {
      let ratio = value(loss, 1, 1e-2) / value(loss, 1, 1e-3)
      #expect(abs(ratio - 100) < 0.1)
    }
    #expect(abs(value(cosine, 1, 0.7) - (1 - cos(0.7))) < 1e-12)
    let both = try PriorLoss(measure: .squaredAndCosine(0.1))
    #expect(abs(value(both, 1, 0.7) - value(squared, 1, 0.7) - 0.1 * (1 - cos(0.7))) < 1e-12)
    #expect(throws: InversionError.self) { try PriorLoss(measure: .squaredAndCosine(0.2)) }
  }

  @Test("3: ways to weigh exclude one another, and fixed weights are the default")
  func weightings() throws {
    #expect(LossWeights().prior == .fixed(1) && LossWeights().classifier == .fixed(0.05))
    let prior = try PriorKeeping(PriorLoss(), draw: NoiseDraw())
    for (weighting, values) in [
      (TermWeighting.twoStagePrior, [2.0, 2, 0.5, 0.5]),
      (.twoStageClassifier, [0.5, 0.5, 1.5, 1.5]),
    ] {
      guard case .scheduled(let schedule) = try weighting.weighted(prior).weight else {
        Issue.record("no schedule")
        return
      }
      #expect([0, 49, 50, 199].map { schedule.value(at: $0, of: 200) } == values)
    }
    #expect(try LossWeights.learned.prior.weighted(prior).learned?.value == 0.5)
    #expect(LossWeights.learned.regularisation == .fixed(0.01))
  }

  @Test("4: the maximum over the k best is the max-margin loss whatever k is; a mean has k slopes")
  func maximum() throws {
    let logits = Tensor.normal(
      [5, 30], dtype: .float64, using: Generator(seed: 1, purpose: "logits"))
    let labels = Tensor([0, 3, 29, 7, 7])
    func slopes(_ loss: TopRivals) throws -> [Int] {
      let slope = try valueAndGradient(at: logits) {
        try loss.losses($0, labels: labels).sum()
      }.gradient
      return slope.greater(than: 0).to(.int64).sum(along: 1).values()
    }
    let single = try ClassifierLoss.maxMargin.losses(logits, labels: labels)
    for k in [1, 2, 5, 20] {
      let most = TopRivals(.fixed(k), reduction: .max)
      #expect(try most.losses(logits, labels: labels).isIdentical(to: single))
      #expect(try slopes(most) == [1, 1, 1, 1, 1])
      #expect(try slopes(TopRivals(.fixed(k))) == Array(repeating: k, count: 5))
    }
  }

  @Test("5: k for 2, 10, 100 and 1000 classes is what the note's table says")
  func adaptive() throws {
    #expect(
      try [2, 10, 100, 1000].map { try RivalCount.adaptive.count(ofClasses: $0) } == [1, 1, 5, 5])
    #expect(
      try [10, 100, 1000].map { try RivalCount.asPrinted.count(ofClasses: $0) } == [2, 5, 5])
    // Of two classes the note asks for two rivals.
    #expect(
      throws: InversionError.setting(
        name: "k", value: "2", allowed: "from 1 to 1, the number of rivals")
    ) { try RivalCount.asPrinted.count(ofClasses: 2) }
    for classes in 2..<300 {
      let k = try RivalCount.adaptive.count(ofClasses: classes)
      #expect(k >= 1 && k <= min(5, classes - 1))
    }
    // "Five per cent of the classes": half a per cent of a thousand.
    #expect(try RivalCount.adaptive.count(ofClasses: 1000) * 200 == 1000)
    #expect(throws: InversionError.self) { try RivalCount.adaptive.count(ofClasses: 1) }
  }

  @Test("6: the note compares along the wrong axis of negatives, silently where sizes agree")
  func axis() throws {
    let generator = Generator(seed: 2, purpose: "axis")
    let found = Tensor.normal([4, 3], dtype: .float64, using: generator)
    func truth(_ others: Tensor) -> Tensor {
      found.unitRows().linear(others.unitRows()).max(along: 1)
    }
    func note(_ others: Tensor, transposed: Bool) throws -> Tensor {
      try attempt {
        found.unsqueezed(1).cosineSimilarity(
          to: (transposed ? others.transposed() : others).unsqueezed(0), along: 1
        ).max(along: 1)
      }
    }
    for count in [1, 3, 5] {
      let others = Tensor.normal([count, 3], dtype: .float64, using: generator)
      if count == 5 {
        #expect(throws: TorchError.self) { try note(others, transposed: true) }
      } else {
        #expect(try (note(others, transposed: true) - truth(others)).abs().max().item > 0.05)
      }
      #expect(try (note(others, transposed: false) - truth(others)).abs().max().item > 0.05)
      let target = Tensor.normal([4, 3], dtype: .float64, using: generator)
      let ours = try ContrastiveHinge(margin: 2).losses(
        found, targets: target, identities: [9, 9, 9, 9],
        negatives: Negatives(others, identities: Array(0..<count)))
      let own = (found.unitRows() * target.unitRows()).sum(along: 1)
      #expect(areClose(ours.values(), (truth(others) - own + 2).relu().values()))
    }
  }

  @Test("7: descent on the margin as printed moves away from the class")
  func margin() throws {
    func angle(after form: AngularRivals.Form) throws -> Double {
      let loss = try AngularRivals(margin: 0.2, form: form)
      var angle = Tensor([0.6])
      for _ in 0..<20 {
        let slope = try valueAndGradient(at: angle) {
          let cosines = Tensor.stacked([$0.cos(), ($0 * 0 + 0.9).cos()], along: 1)
          return try loss.losses(cosines, labels: Tensor([0])).sum()
        }.gradient
        angle = angle - slope * 0.05
      }
      return angle.item
    }
    #expect(try angle(after: .asPrinted) > 0.6)
    // With a margin of 0.2 an angle of 0.6 is near enough for a rival at 0.9; of 0.5 it is not.
    #expect(try angle(after: .standard) == 0.6)
    let wide = try AngularRivals(margin: 0.5)
    let slope = try valueAndGradient(at: Tensor([0.6])) {
      try wide.losses(
        Tensor.stacked([$0.cos(), ($0 * 0 + 0.9).cos()], along: 1), labels: Tensor([0])
      ).sum()
    }.gradient.item
    #expect(abs(slope - sin(1.1)) < 1e-9)
  }

  @Test("8: the identity is counted once")
  func once() throws {
    // The note's L_cls has 0.3 times the hinge that L_id is: together its slope in the cosine is -1.3.
    let hinge = try ContrastiveHinge(margin: 0.5)
    let other = try Negatives(Tensor([0.0, 1], shape: [1, 2]), identities: [1])
    func slope(_ weight: Double) throws -> Double {
      try valueAndGradient(at: Tensor([1.2])) {
        let found = Tensor.stacked([$0.cos(), $0.sin()], along: 1)
        return try hinge.losses(
          found, targets: Tensor([1.0, 0], shape: [1, 2]), identities: [0], negatives: other
        ).sum() * weight
      }.gradient.item
    }
    #expect(try abs(slope(1.3) / slope(1) - 1.3) < 1e-12)
    // Ours has no embedding to look at: it is of logits alone.
    #expect(ClassifierLoss.rivals(TopRivals()).name == "top-k mean, k adaptive")
    #expect(LossWeights().identity == .fixed(0.5))
  }
}
