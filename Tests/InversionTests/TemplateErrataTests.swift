import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch
import Training

/// The design note of template inversion, error by error: its form fails the property, ours has it.
@Suite("Errata of the note on template inversion")
struct TemplateErrataTests {
  private let sigmoid = Schedule.sigmoid(to: 1, steepness: 8, midpoint: 0.4)

  @Test("20: a schedule over steps does not know the noise; a second factor does")
  func noiseAndSteps() {
    // The note's weight is justified by noise from high to low, but is the same at all levels.
    let sigma = Tensor([0.01, 0.5, 10.0])
    let note = FeatureWeight(sigmoid).values(at: 500, of: 1000, sigma: sigma)
    #expect(Set(note.values(as: Double.self)).count == 1)
    let ours = FeatureWeight(sigmoid, gate: .share(dataDeviation: 0.5))
      .values(at: 500, of: 1000, sigma: sigma).values(as: Double.self)
    #expect(ours[0] > ours[1] && ours[1] > ours[2])
    let lambda = sigmoid.value(at: 500, of: 1000)
    #expect(areClose(ours, [lambda * 0.25 / 0.2501, lambda / 2, lambda * 0.25 / 100.25]))
    // Read as a share of diffusion time it would be reversed: in DDPM's order t = 1 is all noise.
    #expect(sigmoid.value(at: 1000, of: 1000) > sigmoid.value(at: 0, of: 1000))
  }

  @Test(
    "20: the sigmoid does not start at zero and does not reach its maximum; the rescaled one does")
  func ends() {
    #expect(sigmoid.value(at: 0, of: 1000) > 0.039 && sigmoid.value(at: 0, of: 1000) < 0.0392)
    #expect(sigmoid.value(at: 1000, of: 1000) < 0.9919)
    let ours = Schedule.rescaledSigmoid(to: 1, steepness: 8, midpoint: 0.4)
    #expect(ours.value(at: 0, of: 1000) == 0 && ours.value(at: 1000, of: 1000) == 1)
  }

  @Test("21: the linear warm-up has a kink and no jump")
  func kink() {
    let linear = Schedule.linear(to: 1, over: 0.3)
    let values = (0...1000).map { linear.value(at: $0, of: 1000) }
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    #expect((steps.max() ?? 1) < 0.0034)
    #expect(abs(steps[298] - 1.0 / 300) < 1e-9 && abs(steps[301]) < 1e-12)
  }

  @Test("22: as a sum the error grows with the image, as a weighted mean it does not")
  func meanOverPixels() {
    let sigma = Tensor([0.3, 2.0])
    let preconditioning = Preconditioning(dataDeviation: 0.5)
    func error(_ side: Int, _ reduction: PixelReduction) -> Double {
      let clean = Tensor.zeros([2, 1, side, side], dtype: .float64)
      return DenoisingLoss.values(
        estimate: clean + 0.1, clean: clean, level: sigma, preconditioning: preconditioning,
        reduction: reduction
      ).mean().item
    }
    #expect(abs(error(32, .sum) / error(8, .sum) - 16) < 1e-9)
    #expect(abs(error(32, .mean) / error(8, .mean) - 1) < 1e-12)
    // λ(σ) c_out² = 1: all noise levels count alike. Without λ, as the note has it, the small errors at
    // little noise would hardly count.
    let weights = preconditioning.weight(sigma)
    #expect((weights * preconditioning.output(sigma).squared() - 1).abs().max().item < 1e-12)
    #expect(weights[0].item > 3 * weights[1].item)
  }

  @Test("23: what is denoised from much noise is a mean of faces, which no encoder should judge")
  func posteriorMean() throws {
    // Two people at right angles: the posterior mean of a point between them is nobody.
    let people = [[1.0, 0], [0, 1.0]]
    func denoised(_ x: [Double], _ sigma: Double) -> [Double] {
      let weights = people.map { person in
        exp(-zip(person, x).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / (2 * sigma * sigma))
      }
      let total = weights.reduce(0, +)
      return (0..<2).map { axis in
        zip(people, weights).map { $0[axis] * $1 }.reduce(0, +) / total
      }
    }
    func loss(_ sigma: Double) throws -> Double {
      let mean = denoised([1, 0], sigma)
      return try FeatureLoss.cosine.losses(
        Tensor(mean, shape: [1, 2]), targets: Tensor([1.0, 0], shape: [1, 2]), identities: [0]
      ).item
    }
    // The right person's own image, with no error of the network at all, is punished at high noise.
    #expect(try loss(0.1) < 1e-6 && loss(10) > 0.28)
    let gate = NoiseGate.share(dataDeviation: 0.5)
    #expect(try gate(10) * loss(10) < 1e-3)
    #expect(gate(0.5) == 0.5 && NoiseGate.open(10) == 1)
    #expect(NoiseGate.below(1)(0.99) == 1 && NoiseGate.below(1)(1) == 0)
    let sigma = Tensor([0.2, 3.0])
    for gate in [NoiseGate.open, .share(dataDeviation: 0.4), .below(1)] {
      #expect(areClose(gate(sigma).values(), [gate(0.2), gate(3)]))
    }
  }

  @Test(
    "24: success without a threshold is no rate; the parts of the forecast are less than its sum")
  func successRate() throws {
    let (schedule, loss, both) = (80.1 - 78.5, 82.8 - 78.5, 85.2 - 78.5)
    #expect(schedule + loss < both)
    // The same scores are a success of 0, 50 or 100 %, as the threshold has it.
    let targets = try TemplateTargets(
      images: Laboratory.images([0, 90]), identities: [0, 1],
      others: Laboratory.images([10, 100]), otherIdentities: [0, 1])
    let reconstructions = try Reconstructions(Laboratory.images([20, 150]))
    let rates = try [0.99, 0.7, 0.4].map { value in
      let thresholds = try Laboratory.thresholds(value)
      let row = try TemplateEvaluation(
        Laboratory.identity(), targets: targets, thresholds: thresholds
      ).row("attack", reconstructions)
      return try #require(row.successes[0].typeOne).value
    }
    #expect(rates == [0, 0.5, 1])
  }

  @Test(
    "25: what suits one encoder need not suit another, so that white box and black box are two rows"
  )
  func whiteAndBlackBox() throws {
    let network = FrozenEncoder(Laboratory.encoder(seed: 1), inputShape: [1, 16, 16])
    let other = FrozenEncoder(Laboratory.encoder(seed: 2), inputShape: [1, 16, 16])
    let target = Laboratory.noise([1, 1, 16, 16])
    let wanted = try network.templates(of: target).detached()
    var image = Tensor.full([1, 1, 16, 16], 0.5)
    for _ in 0..<60 {
      let slope = try valueAndGradient(at: image) {
        try FeatureLoss.cosine.losses(
          network.templates(of: $0), targets: wanted, identities: [0]
        ).sum()
      }.gradient
      image = (image - slope.sign() * 0.02).clamped(to: 0...1)
    }
    func similarity(_ encoder: FrozenEncoder) throws -> Double {
      try (encoder.templates(of: image) * encoder.templates(of: target)).sum().item
    }
    #expect(try similarity(network) > 0.95)
    #expect(try similarity(other) < similarity(network) - 0.02)
  }

  @Test(
    "the square of a distance vanishes at the target as the cosine does; a low temperature does not"
  )
  func gradients() throws {
    // The note: cosines keep a gradient at high similarity and squares do not. On the sphere they are one.
    let target = Tensor([1.0, 0], shape: [1, 2])
    let near = Laboratory.images([2]).flattened(from: 1)
    let negatives = try Negatives(
      Laboratory.images([12]).flattened(from: 1), identities: [1])
    func slope(_ loss: FeatureLoss) throws -> Double {
      try valueAndGradient(at: near) {
        try loss.losses(
          $0.unitRows(), targets: target, identities: [0], negatives: negatives
        ).sum()
      }.gradient.norm().item
    }
    #expect(try abs(slope(.squaredDistance) - 2 * slope(.cosine)) < 1e-12)
    #expect(try slope(.cosine) < 0.04)
    #expect(try slope(.contrastive(InfoNCE(temperature: 0.07))) > 10 * slope(.cosine))
  }
}
