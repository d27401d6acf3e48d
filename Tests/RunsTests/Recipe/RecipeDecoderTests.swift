import Foundation
import Testing

@testable import Runs

/// A recipe like those of the project: nested, with an enumeration and optional keys.
struct SampleRecipe: Decodable, Equatable {
  enum Rule: String, Decodable, CaseIterable { case noise, fgm, pgd }

  struct Training: Decodable, Equatable {
    let epochs: Int
    let rate: Double
    let momentum: Float?
    let seeds: [UInt64]?
    let shuffle: Bool?
  }

  struct Attack: Decodable, Equatable {
    let rule: Rule
    let radii: [Double]
  }

  let training: Training
  let attacks: [Attack]?
  let thresholds: [String: Double]?
  let note: String?
}

@Suite struct RecipeDecoderTests {
  static func decode<Value: Decodable>(_ type: Value.Type, _ yaml: String) throws -> Value {
    let file = try RecipeFile(yaml: "recipe: sample\n" + yaml, path: "r.yaml")
    return try file.resolved().decode(type)
  }

  /// The message about a recipe; line 1 is the header.
  static func message(_ yaml: String) -> String {
    do {
      return "\(try decode(SampleRecipe.self, yaml))"
    } catch {
      return "\(error)"
    }
  }

  static func place(_ line: Int, _ column: Int) -> RecipePlace {
    RecipePlace(source: "r.yaml", line: line, column: column)
  }

  @Test func readsNestedTypes() throws {
    let recipe = try Self.decode(
      SampleRecipe.self,
      """
      training: {epochs: 1e2, rate: 1e-3, momentum: .5, seeds: [18446744073709551615, 0x10, 1_000]}
      attacks:
        - {rule: pgd, radii: [.inf, -.5, 3]}
      thresholds: {evasion.linf.0.1: 0.5}
      note: 2024-01-01
      """)
    #expect(recipe.training.epochs == 100)
    #expect(recipe.training.rate == 0.001)
    #expect(recipe.training.momentum == 0.5)
    #expect(recipe.training.seeds == [.max, 16, 1000])
    #expect(recipe.attacks == [.init(rule: .pgd, radii: [.infinity, -0.5, 3])])
    #expect(recipe.thresholds == ["evasion.linf.0.1": 0.5])
    #expect(recipe.note == "2024-01-01")
  }

  @Test(arguments: [("yes", true), ("No", false), ("on", true), ("false", false)])
  func readsTruthValues(text: String, value: Bool) throws {
    let recipe = try Self.decode(
      SampleRecipe.self, "training: {epochs: 1, rate: 1, shuffle: \(text)}")
    #expect(recipe.training.shuffle == value)
  }

  @Test func anchorsAliasesAndMergesAreResolved() throws {
    let recipe = try Self.decode(
      [String: SampleRecipe.Training].self,
      """
      a: &base {epochs: 1, rate: 0.5}
      b: *base
      c: {<<: *base, epochs: 3}
      """)
    #expect(recipe["b"] == recipe["a"])
    #expect(recipe["c"]?.epochs == 3)
    #expect(recipe["c"]?.rate == 0.5)
  }

  @Test(arguments: [
    (
      "training:\n  epochs: ten\n  rate: 1",
      "r.yaml:3:11: training.epochs: expected an integer, found the text 'ten'"
    ),
    (
      "training: {epochs: '10', rate: 1}",
      "r.yaml:2:20: training.epochs: expected an integer, found the text '10'"
    ),
    (
      "training: {epochs: 1.5, rate: 1}",
      "r.yaml:2:20: training.epochs: expected an integer, found the number 1.5"
    ),
    (
      "training: {epochs: , rate: 1}",
      "r.yaml:2:20: training.epochs: expected an integer, found nothing"
    ),
    (
      "training: {epochs: 1, rate: [1]}",
      "r.yaml:2:29: training.rate: expected a number, found a list"
    ),
    ("training: 3", "r.yaml:2:11: training: expected a mapping, found the integer 3"),
    (
      "training: {epochs: 1, rate: 1}\nattacks: pgd",
      "r.yaml:3:10: attacks: expected a list, found the text 'pgd'"
    ),
    (
      "training: {epochs: 1, rate: 1, shuffle: 1}",
      "r.yaml:2:41: training.shuffle: expected true or false, found the integer 1"
    ),
    (
      "training: {epochs: 9223372036854775808, rate: 1}",
      "r.yaml:2:20: training.epochs: 9223372036854775808 is not between -9223372036854775808 and "
        + "9223372036854775807"
    ),
    (
      "training: {epochs: 1e20, rate: 1}",
      "r.yaml:2:20: training.epochs: 1e20 is not between -9223372036854775808 and "
        + "9223372036854775807"
    ),
    (
      "training: {epochs: 1, rate: 1, seeds: [3, -1]}",
      "r.yaml:2:43: training.seeds.1: -1 is not between 0 and 18446744073709551615"
    ),
    (
      "training: {epochs: 1, rate: 1e999}",
      "r.yaml:2:29: training.rate: 1e999 is not between -1.7976931348623157e+308 and "
        + "1.7976931348623157e+308"
    ),
    (
      "training: {epochs: 1, rate: 1}\nattacks: [{rule: pdg, radii: []}]",
      "r.yaml:3:18: attacks.0.rule: expected one of 'noise', 'fgm', 'pgd', found 'pdg'"
    ),
    ("training: {rate: 1}", "r.yaml:2:11: the key 'training.epochs' is missing"),
    ("note: x", "r.yaml:1:1: the key 'training' is missing"),
  ]) func namesPlaceAndPath(yaml: String, message: String) {
    #expect(Self.message(yaml) == message)
  }

  @Test func remediesNameWhatMayBeMeant() {
    func remedy(_ yaml: String) -> String? {
      let error = #expect(throws: RecipeError.self) { try Self.decode(SampleRecipe.self, yaml) }
      return error?.recoverySuggestion
    }
    #expect(
      remedy("training: {epochs: 1, rate: 1}\nattacks: [{rule: pdg, radii: []}]")
        == "did you mean 'pgd'?")
    #expect(
      remedy("training: {epoch: 1, rate: 1}") == "did you mean it by 'epoch'?")
    #expect(
      remedy("training: {epochs: 1, rate: 1, momentun: 1}")
        == "did you mean 'training.momentum' by 'training.momentun'?")
    #expect(
      remedy("training: {epochs: 1, rate: 1}\nshuffle: yes")
        == "did you mean 'training.shuffle' by 'shuffle'?")
    #expect(
      remedy("training: {epochs: 1, rate: 1}\nzzzzzz: yes")
        == "the keys known beside 'zzzzzz' are 'attacks', 'note', 'thresholds', 'training'")
  }

  @Test func reportsAllUnknownKeysAtOnce() {
    let error = #expect(throws: RecipeError.self) {
      try Self.decode(
        SampleRecipe.self,
        """
        training:
          epochs: 1
          rate: 1
          momentun: 0.9
        attacks:
          - {rule: fgm, radii: [1]}
          - {rule: fgm, radii: [1], steps: 3}
        extra: {deep: 1}
        """)
    }
    guard case .unknownKeys(let keys)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(keys.map(\.path) == ["training.momentun", "attacks.1.steps", "extra"])
    #expect(keys.map(\.place) == [Self.place(5, 3), Self.place(8, 29), Self.place(9, 1)])
  }
}
