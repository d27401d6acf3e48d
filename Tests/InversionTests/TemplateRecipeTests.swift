import Datasets
import Foundation
import Inversion
import Testing
import Torch
import Training

/// Recipes of template inversion that are done in a moment.
enum TinyInversion {
  static func recipe(_ changes: [String: Any] = [:]) throws -> TemplateRecipe {
    var settings: [String: Any] = [
      "data": [
        "source": "portraits", "thresholdIdentities": 4,
        "portraits": [
          "privateIdentities": 5, "publicIdentities": 14, "size": 16, "train": 4, "test": 3,
        ],
      ],
      "network": ["patch": 4, "width": 4, "multipliers": [1]],
      "training": ["steps": 3, "batchSize": 8],
      "reconstruction": ["count": 2, "sampler": ["levels": ["steps": 2]]],
      "resamples": 50,
    ]
    settings.merge(changes) { _, new in new }
    let recipe = try JSONDecoder().decode(
      TemplateRecipe.self, from: JSONSerialization.data(withJSONObject: settings))
    try recipe.validate()
    return recipe
  }
}

@Suite("Recipes of template inversion")
struct TemplateRecipeTests {
  @Test("what is absent has its default, and a recipe is read as it was written")
  func defaults() throws {
    let recipe = try TinyInversion.recipe()
    #expect(recipe.loss.feature == .l2 && recipe.loss.gate == .share)
    #expect(recipe.encoders.attack == nil && recipe.pictures == nil)
    #expect(recipe.encoders.evaluation.seed != recipe.encoders.system.seed)
    let data = try JSONEncoder().encode(recipe)
    #expect(try JSONDecoder().decode(TemplateRecipe.self, from: data) == recipe)
  }

  @Test("losses are those that are named")
  func losses() throws {
    let loss = try TinyInversion.recipe([
      "loss": ["feature": "infonce", "temperature": 0.1, "negatives": "hard", "hardest": 3]
    ]).loss
    #expect(
      try loss.featureLoss() == .contrastive(InfoNCE(temperature: 0.1, hardest: 3)))
    #expect(loss.source == .queue(capacity: 1024))
    let plain = try TinyInversion.recipe(["loss": ["gate": "below", "gateLevel": 2]]).loss
    #expect(try plain.featureLoss() == .squaredDistance && plain.source == .batch)
    #expect(plain.noiseGate(dataDeviation: 0.3) == .below(2))
  }

  @Test(
    "settings that cannot be are refused",
    arguments: [
      #"{ "loss": { "feature": "infonce", "temperature": 0 } }"#, #"{ "loss": { "queue": 0 } }"#,
      #"{ "resamples": 0 }"#, #"{ "dropout": 2 }"#, #"{ "reconstruction": { "count": 0 } }"#,
      #"{ "reconstruction": { "concentration": -1 } }"#,
      #"{ "encoders": { "attack": {} }, "reconstruction": { "concentrations": [10] } }"#,
      #"{ "encoders": { "system": { "model": "mlp" } } }"#,
      #"{ "encoders": { "perception": { "network": { "model": "identity-resnet" } } } }"#,
      #"{ "data": { "source": "portraits", "portraits": { "pool": "public" } } }"#,
      #"{ "data": { "source": "glyphs" }, "oracle": {} }"#,
    ])
  func refusals(_ text: String) throws {
    let changes = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(throws: (any Error).self) { try TinyInversion.recipe(changes) }
  }

  @Test("portraits: the private pool, the public one, and its last people for thresholds")
  func portraits() throws {
    let data = try TemplateData(TinyInversion.recipe().data)
    #expect(data.publicImages.classNames.count == 10 && data.publicImages.count == 40)
    #expect(data.thresholdImages.classNames == (10..<14).map { "public \($0)" })
    #expect(data.privateImages.classNames.count == 5 && data.people?.count == 5)
    let targets = try data.targets()
    #expect(targets.count == 5 && targets.otherIdentities.count == 10)
    // Traits stay with the people, however these are numbered.
    var settings = try TinyInversion.recipe().data
    settings.privateNames = ["private 3", "private 1"]
    let two = try TemplateData(settings)
    #expect(two.people == data.people.map { [$0[3], $0[1]] })
  }

  @Test("other data: the last people, or those that are named; nobody twice")
  func named() throws {
    func data(_ more: [String: Any]) throws -> TemplateData {
      let own: [String: Any] = ["source": "glyphs", "train": 30, "perPerson": 4]
      return try TemplateData(
        TinyInversion.recipe(["data": own.merging(more) { _, new in new }]).data)
    }
    let counted = try data(["privateIdentities": 3, "thresholdIdentities": 2, "targets": 2])
    #expect(counted.privateImages.classNames == ["5", "6", "7"])
    #expect(counted.thresholdImages.classNames == ["8", "9"] && counted.people == nil)
    #expect(counted.privateImages.count == 12 && counted.publicImages.count == 30)
    #expect(try counted.targets().count == 6)
    #expect(try data(["padding": 2]).publicImages.inputShape == [1, 32, 32])
    let chosen = try data(["privateNames": ["1", "2"], "thresholdNames": ["3", "4"]])
    #expect(chosen.publicImages.classNames == ["0", "5", "6", "7", "8", "9"])
    let error = #expect(throws: InversionError.self) {
      try data(["privateNames": ["1", "2"], "publicNames": ["2", "3"]])
    }
    #expect(error == .sharedIdentities(["2"], first: "public", second: "private"))
    #expect(throws: InversionError.self) {
      try data(["privateNames": ["1", "2"], "thresholdNames": ["2", "3"]])
    }
  }
}
