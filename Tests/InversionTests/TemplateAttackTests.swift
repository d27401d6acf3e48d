import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Statistics
import Testing
import Torch
import Training

@Suite("Inversion of templates as a whole")
struct TemplateAttackTests {
  private let data: TemplateData

  init() throws { data = try TemplateData(TinyInversion.recipe().data) }

  private func roles(protected: Bool = false, isWhiteBox: Bool = true) throws -> EncoderRoles {
    func frozen(_ seed: UInt64, _ name: String) -> FrozenEncoder {
      FrozenEncoder(Laboratory.encoder(seed: seed), name: name, inputShape: [1, 16, 16])
    }
    let plain = frozen(1, "system")
    var system: any TemplateEncoder = plain
    if protected {
      system = try ProtectedEncoder(
        plain,
        protections: [
          RandomProjection(from: 12, to: 6, seed: 1), TemplateQuantisation(levels: 4),
        ])
    }
    return try EncoderRoles(
      system: system, attack: isWhiteBox ? system : frozen(2, "other"),
      evaluation: frozen(3, "judge"))
  }

  private func perception(_ seed: UInt64) throws -> PerceptualDistance {
    try PerceptualDistance(Laboratory.encoder(seed: seed))
  }

  /// The images that an attack hands in after its few steps.
  private func made(
    _ recipe: TemplateRecipe, _ roles: EncoderRoles, _ targets: TemplateTargets, workers: Int = 1
  ) throws -> Reconstructions {
    try Laboratory.withFolder { folder in
      let attack = try TemplateAttack(
        recipe, learningFrom: data.publicImages, roles: roles, perception: perception(4),
        context: Context(seed: 5, workers: workers))
      let trainer = try attack.trainer(in: folder, identity: "test")
      #expect(try trainer.run() == .finished)
      return try attack.reconstructions(of: roles.system.checkedTemplates(of: targets.images))
    }
  }

  @Test("white box, black box and protected templates are learned from, inverted and judged")
  func whole() throws {
    let loss: [String: Any] = ["feature": "infonce", "negatives": "queue", "perceptual": 0.1]
    let recipe = try TinyInversion.recipe(["loss": loss])
    let targets = try data.targets()
    for roles in [
      try roles(), try roles(isWhiteBox: false), try roles(protected: true),
      try roles(protected: true, isWhiteBox: false),
    ] {
      let made = try made(recipe, roles, targets)
      #expect(made.images.shape == [10, 1, 16, 16])
      #expect(made.targets == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
      let leakage = try TemplateLeakage(
        of: made,
        against: LeakageReference(
          roles: roles, targets: targets, data: data, by: perception(6), oracle: nil,
          bootstrap: Bootstrap(resamples: 50), seed: 1))
      #expect(leakage.best.selection == .best(of: 2, by: roles.system.name))
      #expect(leakage.system.attack.successes.count == 3)
      #expect(leakage.diversity != nil && leakage.quality.traits == nil)
      // A hundred pairs or so are too few for one in a thousand, which is said.
      #expect(leakage.system.warnings.count >= 1)
      #expect(leakage.evaluation.attack.encoder == "judge")
      for lift in leakage.system.liftTypeTwo {
        let place = try #require(
          leakage.system.attack.successes.firstIndex {
            $0.threshold.falseMatchRate == lift.falseMatchRate
          })
        let difference =
          leakage.system.attack.successes[place].typeTwo.value
          - leakage.system.nearestPublic.successes[place].typeTwo.value
        #expect(abs(lift.mean.value - difference) < 1e-12)
      }
    }
  }

  @Test("the same recipe gives the same images, whatever the number of workers")
  func repeated() throws {
    let recipe = try TinyInversion.recipe()
    let targets = try data.targets()
    let first = try made(recipe, roles(), targets)
    let second = try made(recipe, roles(), targets, workers: 3)
    #expect(first.images.isIdentical(to: second.images))
  }

  @Test("templates are told at one scale, and steps of training change what they say")
  func condition() throws {
    let roles = try roles()
    let recipe = try TinyInversion.recipe()
    let attack = try TemplateAttack(
      recipe, learningFrom: data.publicImages, roles: roles, perception: nil,
      context: Context(seed: 5))
    #expect(attack.parameterCount > 0 && attack.prior.description.vectors == 12)
    let templates = try roles.system.checkedTemplates(of: data.targets().images)
    var single = recipe.reconstruction
    single.count = 1
    let plain = try attack.reconstructions(of: templates, by: single)
    let longer = try attack.reconstructions(of: templates * 4, by: single)
    #expect((plain.images - longer.images).abs().max().item < 1e-4)
    #expect(throws: InversionError.self) { try attack.reconstructions(of: .ones([2, 3])) }
    #expect(throws: InversionError.self) { try attack.reconstructions(of: .zeros([2, 12])) }
    let looks = try TinyInversion.recipe(["loss": ["perceptual": 0.1]])
    #expect(throws: InversionError.self) {
      try TemplateAttack(
        looks, learningFrom: data.publicImages, roles: roles, perception: nil,
        context: Context(seed: 5))
    }
  }

  @Test(
    "samples are led to templates by the gradient of a white box, and of a black one are refused")
  func concentrated() throws {
    let recipe = try TinyInversion.recipe()
    let templates = try roles().system.checkedTemplates(of: data.targets().images)
    func likeness(_ concentration: Double, isWhiteBox: Bool = true) throws -> Double {
      let roles = try roles(isWhiteBox: isWhiteBox)
      let attack = try TemplateAttack(
        recipe, learningFrom: data.publicImages, roles: roles, perception: nil,
        context: Context(seed: 5))
      var setting = recipe.reconstruction
      (setting.count, setting.concentration) = (1, concentration)
      setting.sampler.levels.steps = 12
      let made = try attack.reconstructions(of: templates, by: setting)
      return try roles.system.checkedTemplates(of: made.images).cosineSimilarity(to: templates)
        .mean().item
    }
    let (alone, led, closely) = (try likeness(0), try likeness(10), try likeness(1000))
    #expect(alone < led && led < closely)
    #expect(throws: InversionError.self) { try likeness(10, isWhiteBox: false) }
  }

  @Test("the nearest public image is the nearest, and says of how many")
  func nearest() throws {
    let encoder = Laboratory.identity()
    let found = try Reconstructions.nearest(
      to: Tensor([1, 0, 0, 1], shape: [2, 2]), among: Laboratory.images([80, 200, 15]), by: encoder)
    #expect(found.targets == [0, 1] && found.selection == .best(of: 3, by: "pixels"))
    #expect(found.images.isIdentical(to: Laboratory.images([15, 80])))
  }

  @Test("an encoder is trained once, and read afterwards")
  func encoders() throws {
    var settings = EncoderSettings()
    settings.options = ["embedding": 6, "width": 4]
    (settings.training.steps, settings.training.batchSize) = (3, 8)
    try Laboratory.withFolder { folder in
      let training = try EncoderTraining(settings, on: data.publicImages, threads: 1)
      let first = try #require(try training.trained(in: folder))
      var steps = 0
      let second = try #require(try training.trained(in: folder, progress: { _, _ in steps += 1 }))
      #expect(steps == 0)
      let shape = data.publicImages.inputShape
      #expect(
        try FrozenEncoder(first, inputShape: shape).fingerprint()
          == FrozenEncoder(second, inputShape: shape).fingerprint())
      let other = try EncoderTraining(settings, on: data.publicImages, threads: 2)
      #expect(other.identity != training.identity)
      // Other code may train other weights from equal settings.
      let later = try EncoderTraining(
        settings, on: data.publicImages, threads: 1, version: "9.9.9")
      let format = try EncoderTraining(
        settings, on: data.publicImages, threads: 1, format: EncoderTraining.format + 1)
      let same = try EncoderTraining(
        settings, on: data.publicImages, threads: 1, format: EncoderTraining.format)
      #expect(Set([training, later, format].map(\.identity)).count == 3)
      #expect(same.identity == training.identity)
    }
  }
}
