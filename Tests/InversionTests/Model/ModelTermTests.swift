import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch
import Training

@Suite("Terms of model inversion")
struct ModelTermTests {
  private let batch = Batch(
    inputs: Laboratory.noise([4, 1, 16, 16]), labels: Tensor([0, 1, 0, 2]), indices: [3, 4, 5, 6])
  private let encoder = FrozenEncoder(Laboratory.encoder(), inputShape: [1, 16, 16])
  private let target: TargetModel = {
    let generator = Generator(seed: 8, purpose: "target")
    let (first, last) = (
      Tensor.normal([6, 256], using: generator), Tensor.normal([3, 6], using: generator)
    )
    return TargetModel(name: "toy", directions: last) { images in
      let features = images.flattened(from: 1).linear(first)
      return TargetModel.Answers(logits: features.linear(last), features: features)
    }
  }()

  private func network() throws -> DenoisingNetwork {
    var settings = UNetSettings()
    (settings.patch, settings.width, settings.multipliers) = (4, 4, [1])
    return try DenoisingNetwork(
      settings, imageShape: [1, 16, 16], conditioning: .classes(3, width: 12),
      preconditioning: Preconditioning(dataDeviation: 0.3),
      using: Generator(seed: 2, purpose: "denoiser"))
  }

  private var draw: NoiseDraw {
    var draw = NoiseDraw()
    draw.source = .classes
    return draw
  }

  private func step(_ model: any Module) -> StepContext {
    StepContext(model: model, batch: batch, step: 3, totalSteps: 10, context: Context(seed: 7))
  }

  private func reader() throws -> AttributeReader {
    try AttributeReader(name: "rows", groups: [.init("pose", count: 16)]) {
      $0.flattened(from: 1).narrowed(to: 0..<16, along: 1)
    }
  }

  /// All terms on the images that the denoiser makes, with whether they reach it.
  private func terms(_ model: DenoisingNetwork) throws -> [any Term] {
    let images = MadeImages.denoised(draw)
    let distance = try PerceptualDistance(Laboratory.encoder(seed: 4))
    let known = try target(Laboratory.noise([6, 1, 16, 16]))
    let centres = try FeatureCentres(
      of: known.features, classes: [0, 0, 1, 1, 2, 2], count: 3, rule: .learned)
    let classes = try #require(model.classes)
    return [
      PriorKeeping(try PriorLoss(importance: .byNoise), draw: draw),
      ClassifierGuidance(.boundedRivals(TopRivals(), margin: 1), of: target, on: images),
      AngularGuidance(try AngularRivals(), of: target, on: images),
      try FeatureCentring(centres, of: target, on: images) { _ in
        (known.features, [0, 0, 1, 1, 2, 2])
      },
      try IdentityMatching(
        .hinge(ContrastiveHinge()), to: .learned(classes), by: encoder, on: images),
      AttributePreservation(by: try reader(), on: images),
      SourceLikeness(by: distance, on: images),
      DiversityKeeping(try DiversityLoss(enough: 1), by: distance, on: images),
    ]
  }

  @Test("all of them see the images that are made once a step, and reach what makes them")
  func gradientsReach() throws {
    let model = try network()
    let step = step(model)
    let terms = try terms(model)
    #expect(Set(terms.map(\.name)).count == terms.count)
    for term in terms {
      #expect(!term.needsLayer && term.outputs == nil && term.isBoundedBelowByZero)
      let value = try term.value(in: step)
      #expect(value.item > 0, "\(term.name)")
      let slopes = gradients(
        of: value, withRespectTo: model.parameters.map(\.value), retainGraph: true)
      #expect(GradientClipping.norm(of: slopes) > 0, "\(term.name)")
      #expect(GradientClipping.norm(of: slopes).isFinite, "\(term.name)")
    }
    #expect(step.measurements["success"] != nil && step.measurements["cosine"] != nil)
  }

  @Test("values are the means of the losses")
  func values() throws {
    let model = try network()
    let step = step(model)
    let images = MadeImages("inputs") { $0.batch.inputs }
    let answers = try target(batch.inputs)
    let loss = ClassifierLoss.rivals(TopRivals(.fixed(2)))
    let guidance = ClassifierGuidance(loss, of: target, on: images)
    #expect(!guidance.isBoundedBelowByZero)
    let wanted = try loss.losses(answers.logits, labels: batch.labels).mean().item
    #expect(try guidance.value(in: step).item == wanted)
    // The plain prior is the denoising error of the room of diffusion.
    let prior = try PriorKeeping(PriorLoss(), draw: draw).value(in: step).item
    #expect(try abs(prior - Denoising(draw).value(in: step).item) < 1e-6)
    // Sources are the examples: nothing is to be preserved of what did not change.
    let attributes = AttributePreservation(by: try reader(), on: images)
    #expect(try attributes.value(in: step).item == 0)
    let weights = try IdentityTargets.classWeights(target.directions)
    let features = FunctionEncoder(name: "target", inputShape: [1, 16, 16], templateWidth: 6) {
      try target($0).features
    }
    let identity = try IdentityMatching(.cosine, to: weights, by: features, on: images)
    let cosines = try AngularRivals.cosines(of: answers.features, with: target.directions)
    let own = cosines.gathering(batch.labels.unsqueezed(1), along: 1)
    #expect(try abs(identity.value(in: step).item - (1 - own.mean().item)) < 1e-5)
  }

  @Test("low-rank changes cost what their layers' weights say, lengths what they lack")
  func regularisation() throws {
    let model = try network()
    let adapters = try LowRankAdapters(
      of: model, rank: 2, using: Generator(seed: 1, purpose: "adapters")
    ) { model.layersToAdapt.contains($0) }
    let uniform = try LowRankPenalty(others: 0.5)
    let wanted = adapters.penalty.item * 0.5
    #expect(abs(uniform.penalty(of: adapters).item - wanted) < 1e-5 * wanted)
    var byHand = 0.0
    for (layer, adapter) in zip(adapters.layers, adapters.adapters) {
      let weight = layer.hasSuffix("affine") ? 1e-5 : 1e-4
      byHand += weight * adapter.loraA.squared().sum().item
    }
    let standard = LowRankTerm(of: adapters).value(in: step(model)).item
    #expect(abs(standard - byHand) < 1e-5 * byHand && byHand > 0)
    #expect(LowRankPenalty.standard.weight(of: "enc.affine") == 1e-5)
    let norm = EmbeddingNormTerm { _ in .full([2, 4], 1) }
    #expect(abs(try norm.value(in: step(model)).item - 2) < 1e-6)
    #expect(throws: InversionError.self) { try LowRankPenalty(others: -1) }
  }

  @Test("what does not fit is refused")
  func refusals() throws {
    let model = try network()
    let none = MadeImages("none") { _ in .zeros([2, 1, 16, 16]) }
    #expect(
      throws: InversionError.counts(
        first: "images", count: 2, second: "examples", otherCount: 4)
    ) { try none.images(in: step(model)) }
    let narrow = try IdentityTargets.classWeights(.ones([3, 5]))
    #expect(throws: InversionError.self) {
      try IdentityMatching(.cosine, to: narrow, by: encoder, on: none)
    }
    let centres = try FeatureCentres(
      of: .ones([3, 6]), classes: [0, 1, 2], count: 3, rule: .learned)
    #expect(throws: InversionError.self) {
      try FeatureCentring(centres, of: target, on: none)
    }
    let wrong = TargetModel(name: "wrong", directions: .ones([3, 6])) {
      TargetModel.Answers(logits: $0, features: $0)
    }
    #expect(throws: InversionError.self) { try wrong(.ones([2, 4])) }
    #expect(throws: InversionError.self) {
      try AttributeReader(name: "none", groups: []) { $0 }
    }
    // What a user's function does with images of another size is an error, not the end of the process.
    #expect(throws: TorchError.self) {
      try reader().losses(.ones([1, 1, 2, 2]), sources: .ones([1, 1, 2, 2]))
    }
    #expect(throws: InversionError.self) {
      try PerceptualMix(attributes: 1, layers: -1, diversity: 0)
    }
  }
}
