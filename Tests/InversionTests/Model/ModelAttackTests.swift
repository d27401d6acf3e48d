import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch

/// A prior of two classes whose images are normal about a mean each, with the same small deviation: its denoiser is
/// known in closed form, `D = (s² x + σ² μ) / (s² + σ²)`.
private final class GaussianPrior: DenoisingModel {
  static let shape = [1, 4, 4]
  static let deviation = 0.1
  /// In [-1, 1], `[2, 16]`.
  static let means = Tensor(
    (0..<16).map { $0 < 8 ? 0.5 : -0.5 } + (0..<16).map { $0 % 2 == 0 ? 0.5 : -0.5 },
    shape: [2, 16]
  ).to(.float32)

  var parts: [(name: String, part: Any)] { [] }
  var preconditioning: Preconditioning { Preconditioning() }
  var conditionWidth: Int { 16 }

  func denoised(_ noisy: Tensor, level: Tensor, condition: Tensor?, _ pass: Pass) -> Tensor {
    let spread = Self.deviation * Self.deviation
    let variance = level.squared().to(noisy.dtype).reshaped([-1, 1, 1, 1])
    let means = (condition ?? .zeros([noisy.size(0), 16])).to(noisy.dtype)
      .reshaped([noisy.size(0)] + Self.shape)
    return (noisy * spread + means * variance) / (variance + spread)
  }

  func condition(ofClasses labels: Tensor) -> Tensor? { Self.means.selecting(rows: labels) }
}

/// A classifier of two classes by one direction of pixels.
private struct Slope: Classifier {
  let direction: Tensor
  var classCount: Int { 2 }
  var inputShape: [Int] { GaussianPrior.shape }

  func logits(_ inputs: Tensor) throws -> Tensor {
    let score = (inputs.flattened(from: 1) - 0.5).linear(direction.unsqueezed(0).to(inputs.dtype))
    return .concatenated([score, -score], along: 1)
  }
}

@Suite("Attacks on classifiers whose prior is known in closed form")
struct ModelAttackTests {
  /// An attacker of a classifier that looks at the last pixel alone, where both means are the same.
  private func attacker(
    _ text: String = "{}", workers: Int = 1
  ) throws -> Attacker {
    let recipe = try JSONDecoder().decode(
      ModelRecipe.self,
      from: Data(
        #"""
        { "data": { "source": "portraits" }, "losses": { "classifier": { "centres": "none" } },
          "sampling": { "guidance": 1 }, "latent": { "guidance": 1 }, "reconstruction": \#(text) }
        """#.utf8))
    var direction = [Float](repeating: 0, count: 16)
    direction[15] = 8
    let description = Prior.Description(
      network: UNetSettings(), imageShape: GaussianPrior.shape, classes: 2, vectors: 16,
      dataDeviation: 0.5)
    let prior = Prior(GaussianPrior(), description: description)
    return Attacker(
      recipe: recipe, target: CountedClassifier(Slope(direction: Tensor(direction))),
      publicImages: Laboratory.noise([6] + GaussianPrior.shape),
      lookAlikes: [[2, 0, 1], [5, 3, 4]], centres: .zeros([2, 2]), prior: prior, tuned: prior,
      context: Context(seed: 3, workers: workers))
  }

  private func made(_ type: any ModelAttack.Type, by attacker: Attacker) throws -> Tensor {
    let attack = try #require(type.init(attacker.recipe) as (any ModelAttack)?)
    return try attack.images(of: [0, 1], count: 2, by: attacker)
  }

  private let plain = #"{ "guidance": 1, "jitter": 0, "shift": 0, "copies": 1, "iterations": 60 }"#

  @Test("samples lie about their class's mean")
  func samples() throws {
    let images = try made(ClassSamples.self, by: attacker())
    let means = GaussianPrior.means.selecting(rows: [0, 0, 1, 1]) / 2 + 0.5
    // Half the deviation in the data's units, and three of them.
    #expect((images.flattened(from: 1) - means).abs().max().item < 4.5 * 0.05)
    let guided = try made(GuidedSamples.self, by: attacker())
    #expect(guided.shape == images.shape && guided.isFinite.all)
  }

  @Test("the prior alone leads every image to the mean of its class")
  func priorAlone() throws {
    let images = try made(PriorAlone.self, by: attacker(plain))
    let means = GaussianPrior.means.selecting(rows: [0, 0, 1, 1]) / 2 + 0.5
    #expect((images.flattened(from: 1) - means).abs().max().item < 0.15)
  }

  @Test(
    "the attack moves the pixel that the target looks at, each class its own way, and not the others"
  )
  func attack() throws {
    let attacker = try attacker(plain)
    let alone = try made(PriorAlone.self, by: attacker).flattened(from: 1)
    let attacked = try made(TunedAttack.self, by: attacker).flattened(from: 1)
    let moved = (attacked - alone).values(as: Float.self)
    for image in 0..<4 {
      let own = moved[image * 16 + 15]
      #expect(image < 2 ? own > 0.02 : own < -0.02)
    }
    let logits = try attacker.target.logits(attacked.reshaped([4, 1, 4, 4]))
    let before = try attacker.target.logits(alone.reshaped([4, 1, 4, 4]))
    for (image, label) in [0, 0, 1, 1].enumerated() {
      #expect(logits[image][label].item > before[image][label].item)
    }
  }

  @Test(
    "images are optimised by their own loss where there is one, and by that of fine-tuning elsewhere"
  )
  func ownLoss() throws {
    func attacked(_ loss: String) throws -> [Float] {
      try made(
        TunedAttack.self,
        by: attacker(#"{ "guidance": 1, "iterations": 8, "restartSteps": 0\#(loss) }"#)
      ).values(as: Float.self)
    }
    // The first is what losses.classifier says, but for its centres, of which the toy has none.
    let same = #", "classifier": { "kind": "softplus", "centres": "none" }"#
    let other = #", "classifier": { "kind": "crossEntropy", "centres": "none" }"#
    #expect(try attacked(same) == attacked(""))
    #expect(try attacked(other) != attacked(""))
  }

  @Test(
    "an image depends on its class, its number and the seed, and on no other image or worker",
    arguments: [TunedAttack.name, PriorAlone.name, LatentSearch.name])
  func independence(_ name: String) throws {
    let type = try #require(ModelAttacks.all.first { $0.name == name })
    let attacker = try attacker(#"{ "guidance": 1, "iterations": 4, "restartSteps": 0 }"#)
    let both = try made(type, by: attacker)
    let attack = try #require(type.init(attacker.recipe) as (any ModelAttack)?)
    let second = try attack.images(of: [1], count: 1, by: attacker)
    #expect(areClose(both[2].values(as: Double.self), second[0].values(as: Double.self), 1e-5))
    let shared = try made(
      type,
      by: try self.attacker(
        #"{ "guidance": 1, "iterations": 4, "restartSteps": 0 }"#, workers: 3))
    #expect(shared.values(as: Float.self) == both.values(as: Float.self))
    #expect(both[0].values(as: Float.self) != both[1].values(as: Float.self))
  }

  @Test("the search in the noise is right more often than samples are")
  func latent() throws {
    let attacker = try attacker()
    let labels = Tensor([0, 0, 1, 1])
    func loss(_ images: Tensor) throws -> Double {
      try ClassifierLoss.crossEntropy.losses(
        attacker.target.logits(images), labels: labels
      ).mean().item
    }
    let found = try loss(made(LatentSearch.self, by: attacker))
    let plain = try loss(made(ClassSamples.self, by: attacker))
    #expect(found < plain)
  }

  @Test("polishing stays within its ball and suits the target better")
  func polish() throws {
    var attacker = try attacker(#"{ "guidance": 1, "polishRadius": 0.3 }"#)
    let images = try made(TunedAttack.self, by: attacker)
    attacker.made[TunedAttack.name] = images
    let polished = try made(PolishedAttack.self, by: attacker)
    let lengths = (polished - images).squared().flattened(from: 1).sum(along: 1).sqrt()
    #expect(lengths.max().item <= 0.3 + 1e-4 && lengths.max().item > 0.01)
    let rises = try [0, 0, 1, 1].enumerated().map { image, label in
      try attacker.target.logits(polished)[image][label].item
        - attacker.target.logits(images)[image][label].item
    }
    // A pixel at the end of the box can go no further.
    #expect(rises.allSatisfy { $0 > -1e-4 } && rises.contains { $0 > 0.1 })
  }

  @Test("picked images are the target's choices, and strangers")
  func picked() throws {
    let attacker = try attacker()
    let alike = try made(LookAlikes.self, by: attacker)
    let wanted = attacker.publicImages.selecting(rows: [2, 0, 5, 3])
    #expect(alike.values(as: Float.self) == wanted.values(as: Float.self))
    let some = try #require(LookAlikes(attacker.recipe))
    #expect(throws: InversionError.tooFew("public images of a class", count: 3, least: 4)) {
      try some.images(of: [0], count: 4, by: attacker)
    }
    #expect(try made(RandomImages.self, by: attacker).shape == [4, 1, 4, 4])
  }

  @Test("queries are counted with their gradients, through the classifier and through its features")
  func queries() throws {
    let attacker = try attacker()
    let (_, budget) = try attacker.spent { attacker in
      _ = try attacker.target.logits(.zeros([3, 1, 4, 4]))
      _ = try attacker.model(Tensor.zeros([2, 1, 4, 4]).variable())
    }
    #expect(budget.forward == 5 && budget.backward == 2)
  }

  @Test(
    "what cannot be is refused",
    arguments: [
      #"{ "reconstruction": { "iterations": 0 } }"#, #"{ "reconstruction": { "decay": 1 } }"#,
      #"{ "reconstruction": { "polishRadius": -1 } }"#, #"{ "count": 31 }"#, #"{ "count": 0 }"#,
      #"{ "reconstruction": { "classifier": { "kind": "logitFeatures" } } }"#,
      #"{ "losses": { "classifier": { "kind": "logitFeatures" } } }"#,
      #"{ "reconstruction": { "classifier": { "weight": 1 } } }"#,
      #"{ "reconstruction": { "classifier": { "learned": true } } }"#,
      #"{ "reconstruction": { "classifier": { "k": 0 } } }"#,
      #"{ "rows": ["nothing"] }"#, #"{ "sampling": { "targetWeight": -1 } }"#,
      #"{ "latent": { "steps": 0 } }"#, #"{ "prior": { "share": 0 } }"#,
      #"{ "prior": { "dropout": 1 } }"#, #"{ "fineTuning": { "rank": 0 } }"#,
      #"{ "fineTuning": { "training": { "shards": 2 } } }"#,
      #"{ "target": { "path": "a.pt" }, "evaluator": { "path": "a.pt" } }"#,
      #"{ "target": { "model": "nothing" } }"#,
      #"{ "losses": { "classifier": { "kind": "topK", "learned": true } } }"#,
    ])
  func refusals(_ text: String) throws {
    let whole = #"{ "data": { "source": "portraits" }, "# + text.dropFirst()
    let recipe = try JSONDecoder().decode(ModelRecipe.self, from: Data(whole.utf8))
    #expect(throws: (any Error).self) { try recipe.validate() }
  }
}
