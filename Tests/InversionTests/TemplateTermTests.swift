import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Synchronization
import Testing
import Torch
import Training

@Suite("Terms of template inversion")
struct TemplateTermTests {
  private let encoder = FrozenEncoder(Laboratory.encoder(), inputShape: [1, 16, 16])
  private let batch = Batch(
    inputs: Laboratory.noise([4, 1, 16, 16]), labels: Tensor([0, 1, 0, 2]), indices: [3, 4, 5, 6])

  private func network() throws -> DenoisingNetwork {
    var settings = UNetSettings()
    (settings.patch, settings.width, settings.multipliers) = (4, 4, [1])
    return try DenoisingNetwork(
      settings, imageShape: [1, 16, 16], conditioning: .vectors(12),
      preconditioning: Preconditioning(dataDeviation: 0.3),
      using: Generator(seed: 2, purpose: "denoiser"))
  }

  private func draw() -> NoiseDraw {
    let encoder = encoder
    var draw = NoiseDraw()
    draw.source = .vectors { try encoder.templates(of: $0.inputs).detached() }
    return draw
  }

  private func matching(
    _ loss: FeatureLoss, gate: NoiseGate = .open, negatives: TemplateMatching.Source = .batch
  ) throws -> TemplateMatching {
    let encoder = encoder
    return try TemplateMatching(
      encoder, draw: draw(), loss: loss, gate: gate, negatives: negatives
    ) { try encoder.templates(of: $0.inputs) }
  }

  private func step(_ model: any Module) -> StepContext {
    StepContext(model: model, batch: batch, step: 3, totalSteps: 10, context: Context(seed: 7))
  }

  @Test("they see what is denoised once a step, weighted by its noise")
  func values() throws {
    let model = try network()
    let step = step(model)
    let denoised = try step.denoised(by: draw(), for: "test")
    let images = (denoised.estimate + 1) / 2
    let gate = NoiseGate.share(dataDeviation: 0.3)
    let targets = try encoder.templates(of: batch.inputs).detached()
    let cosine = try FeatureLoss.cosine.losses(
      encoder.templates(of: images), targets: targets, identities: [0, 1, 0, 2])
    let weights = gate(denoised.level).to(.float32)
    let term = try matching(.cosine, gate: gate)
    #expect(abs(try term.value(in: step).item - (cosine * weights).mean().item) < 1e-6)
    #expect(abs((step.measurements["cosine"] ?? 0) - (1 - cosine.mean().item)) < 1e-5)
    #expect(term.isMeanOverExamples && !term.needsLayer && term.outputs == nil)
    let distance = try PerceptualDistance(Laboratory.encoder(seed: 4))
    let perceptual = PerceptualMatching(distance, draw: draw(), gate: gate)
    let wanted = try (distance(images, batch.inputs) * weights).mean().item
    #expect(abs(try perceptual.value(in: step).item - wanted) < 1e-6)
    let closed = try matching(.cosine, gate: .below(0))
    #expect(try closed.value(in: step).item == 0)
  }

  @Test("gradients reach the denoiser, and a few steps bring templates nearer")
  func learns() throws {
    let model = try network()
    let step = step(model)
    let term = try matching(.squaredDistance)
    let pixels = try Denoising(draw())
    var optimiser = Adam(model.parameters)
    func value() throws -> Tensor {
      let now = self.step(model)
      return try term.value(in: now) + pixels.value(in: now) * 0.01
    }
    let before = try value().item
    for _ in 0..<20 {
      let slopes = gradients(of: try value(), withRespectTo: model.parameters.map(\.value))
      optimiser.step(slopes, learningRate: 1e-2)
    }
    #expect(try value().item < before)
    #expect(try term.value(in: step).item > 0)
  }

  @Test("a queue adds negatives after each step, and is saved")
  func queue() throws {
    let model = try network()
    let loss = FeatureLoss.contrastive(try InfoNCE(temperature: 0.1))
    let term = try matching(loss, negatives: .queue(capacity: 6))
    #expect(!term.isMeanOverExamples && term.state.isEmpty)
    let step = step(model)
    let first = try term.value(in: step).item
    #expect(abs(try matching(loss).value(in: step).item - first) < 1e-6)
    try term.didUpdate(after: step)
    try term.didUpdate(after: step)
    #expect(term.state["identities"]?.values(as: Int.self) == [0, 2, 0, 1, 0, 2])
    // The same people twice: more negatives, a larger loss.
    let second = try term.value(in: step).item
    #expect(second > first)
    let copy = try matching(loss, negatives: .queue(capacity: 6))
    copy.state = term.state
    #expect(try copy.value(in: step).item == second)
    #expect(throws: InversionError.self) { try matching(loss, negatives: .queue(capacity: 0)) }
  }

  @Test("a whole run, with weights that grow and a queue that goes on where it was cut off")
  func run() throws {
    /// The weights at the end, in as many sittings as there are numbers of steps after which to stop.
    func end(_ sittings: [Int]) throws -> [String: Tensor] {
      try Laboratory.withFolder { folder in
        let data = try Dataset(
          name: "faces", inputs: Laboratory.noise([12, 1, 16, 16]),
          labels: Tensor((0..<12).map { $0 % 4 }), classNames: ["a", "b", "c", "d"])
        var state: [String: Tensor] = [:]
        for steps in sittings {
          let model = try network()
          let loss = FeatureLoss.contrastive(try InfoNCE(hardest: 2))
          let term = try matching(
            loss, gate: .share(dataDeviation: 0.3), negatives: .queue(capacity: 8))
          let pixels = try Denoising(draw())
          let objective = Objective {
            pixels
            term.weighted(.rescaledSigmoid(to: 0.5, steepness: 8, midpoint: 0.4))
          }
          var settings = TrainerSettings()
          (settings.steps, settings.batchSize, settings.checkpointEvery) = (6, 4, 3)
          let asked = Mutex(0)
          let trainer = try Trainer(
            model: model, objective: objective, training: data, evaluation: nil,
            settings: settings, context: Context(seed: 1), folder: folder, identity: "run",
            isStopRequested: {
              asked.withLock { asked in
                asked += 1
                return asked > steps
              }
            })
          #expect(try trainer.run() == (steps < 6 ? .interrupted : .finished))
          state = model.state()
        }
        return state
      }
    }
    let whole = try end([6])
    let cut = try end([4, 6])
    #expect(whole.allSatisfy { cut[$0.key]?.isIdentical(to: $0.value) == true })
    #expect(whole.values.allSatisfy { !$0.dtype.isFloatingPoint || $0.isFinite.all })
  }

  @Test("targets of another width are refused")
  func refusals() throws {
    let term = try TemplateMatching(
      encoder, draw: draw(), loss: .cosine, gate: .open
    ) { .ones([$0.count, 5]) }
    #expect(throws: InversionError.templateWidth(encoder: "encoder", width: 5, expected: 12)) {
      try term.value(in: step(network()))
    }
    let zero = try TemplateMatching(
      encoder, draw: draw(), loss: .cosine, gate: .open
    ) { .zeros([$0.count, 12]) }
    #expect(throws: InversionError.zeroTemplate(encoder: "encoder", index: 0)) {
      try zero.value(in: step(network()))
    }
    #expect(throws: DiffusionError.self) {
      try matching(.cosine).value(in: step(Laboratory.encoder()))
    }
  }
}
