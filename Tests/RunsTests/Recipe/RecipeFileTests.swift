import Foundation
import Reports
import Testing

@testable import Runs

@Suite struct RecipeFileTests {
  private static let yaml = """
    recipe: training
    title: A small network
    cost: {tiny: 2 s, full: 10 min}
    training:
      epochs: 20
      rate: 1e-3
      seeds: [1, 2, 3]
    note: "yes"
    profiles:
      tiny:
        training: {epochs: 1, seeds: [1]}
      full:
    """

  private static func recipe(_ yaml: String = yaml) throws -> RecipeFile {
    try RecipeFile(yaml: yaml, path: "r.yaml")
  }

  @Test func headerAndProfiles() throws {
    let recipe = try Self.recipe()
    #expect(recipe.header.kind == "training")
    #expect(recipe.header.title == "A small network")
    #expect(recipe.header.cost(of: "tiny") == "2 s")
    #expect(recipe.header.cost(of: nil) == nil)
    #expect(recipe.profiles == ["tiny", "full"])
    let simple = try Self.recipe("recipe: x\ncost: 1 min")
    #expect(simple.header.cost(of: "tiny") == "1 min")
  }

  @Test func profilesMergeMappingsAndReplaceLists() throws {
    let recipe = try Self.recipe()
    let tiny = try recipe.resolved(profile: "tiny").decode(SampleRecipe.self)
    #expect(tiny.training.epochs == 1)
    #expect(tiny.training.rate == 1e-3)
    #expect(tiny.training.seeds == [1])
    let full = try recipe.resolved(profile: "full").decode(SampleRecipe.self)
    #expect(full == (try recipe.resolved().decode(SampleRecipe.self)))
    #expect(full.note == "yes")
  }

  @Test func overridesComeLast() throws {
    let resolved = try Self.recipe().resolved(
      profile: "tiny",
      overrides: [
        "training.epochs=5", "training.epochs=6", "training.seeds.0=9", "training.momentum=0.5",
        "attacks=[{rule: fgm, radii: [1]}]", "thresholds.a=1", "note=", "attacks.0.rule=pgd",
      ])
    let recipe = try resolved.decode(SampleRecipe.self)
    #expect(recipe.training.epochs == 6)
    #expect(recipe.training.seeds == [9])
    #expect(recipe.training.momentum == 0.5)
    #expect(recipe.attacks == [.init(rule: .pgd, radii: [1])])
    #expect(recipe.thresholds == ["a": 1])
    #expect(recipe.note == nil)
  }

  @Test func anOverrideFindsKeysWithDots() throws {
    let recipe = try Self.recipe(
      "recipe: x\ntraining: {epochs: 1, rate: 1}\nthresholds: {linf.0.1: 0.5, linf.0: 1}")
    let resolved = try recipe.resolved(overrides: ["thresholds.linf.0.1=0.7"])
    #expect(try resolved.decode(SampleRecipe.self).thresholds == ["linf.0.1": 0.7, "linf.0": 1])
  }

  @Test(arguments: [
    ("training.stpes=5", "--set training.stpes=5: unknown key 'training.stpes'"),
    (
      "training.epochs=many",
      "--set training.epochs=many: training.epochs: expected an integer, found the text 'many'"
    ),
    ("training", "--set training: there is no '='"),
    ("a..b=1", "--set a..b=1: a key before the '=' is empty"),
    ("training.epochs.x=1", "--set training.epochs.x=1: 'training.epochs' has no such key"),
    ("training.seeds.7=1", "--set training.seeds.7=1: 'training.seeds' has no such key"),
    (
      "note=[",
      "--set note=[: not valid YAML: while parsing a flow node, did not find expected node content"
    ),
  ]) func badOverridesNameThemselves(override: String, message: String) {
    let error = #expect(throws: RecipeError.self) {
      try Self.recipe().resolved(overrides: [override]).decode(SampleRecipe.self)
    }
    #expect(error?.description == message)
  }

  @Test func theResolvedTextIsARecipeWithTheSameSettings() throws {
    let resolved = try Self.recipe().resolved(
      profile: "tiny", overrides: ["training.seeds=[18446744073709551615]", "note='two\n\nlines'"])
    let again = try Self.recipe(resolved.yaml).resolved()
    #expect(again.json == resolved.json)
    #expect(again.header == resolved.header)
    #expect(resolved.yaml.contains("# profile: tiny\n# --set training.seeds="))
    #expect(resolved.yaml.contains("rate: 1e-3"))
    #expect(try again.decode(SampleRecipe.self) == resolved.decode(SampleRecipe.self))
  }

  @Test func jsonKeepsOrderAndTypes() throws {
    let json = try Self.recipe().resolved(profile: "tiny", overrides: ["x=[.inf, ~, no, '1']"]).json
    #expect(
      json.text()
        == #"{"training":{"epochs":1,"rate":0.001,"seeds":[1]},"note":"yes","x":[".inf",null,false,"1"]}"#
    )
  }

  @Test(arguments: [
    ("", RecipeError.empty(file: "r.yaml")),
    ("# nothing\n", .empty(file: "r.yaml")),
    ("~", .empty(file: "r.yaml")),
    (
      "- 1",
      .wrongType(
        RecipePlace(source: "r.yaml", line: 1, column: 1), path: "", expected: "a mapping",
        found: "a list")
    ),
    (
      "title: x",
      .missingKey(RecipePlace(source: "r.yaml", line: 1, column: 1), path: "recipe", similar: nil)
    ),
    (
      "recipe: x\nprofiles: [tiny]",
      .wrongType(
        RecipePlace(source: "r.yaml", line: 2, column: 11), path: "profiles",
        expected: "a mapping", found: "a list")
    ),
    (
      "recipe: x\na: {b: 1, c: 2, b: 3}",
      .duplicateKeys(RecipePlace(source: "r.yaml", line: 2, column: 5), keys: ["b"])
    ),
    (
      "recipe: x\n? [a]\n: 1",
      .invalidYAML(
        RecipePlace(source: "r.yaml", line: 2, column: 3),
        problem: "a key that is a list or a mapping")
    ),
    (
      "recipe: x\na: *b",
      .invalidYAML(
        RecipePlace(source: "r.yaml", line: 2, column: 4), problem: "found undefined alias")
    ),
  ]) func refusesBadFiles(yaml: String, error: RecipeError) {
    #expect(throws: error) { try Self.recipe(yaml) }
  }

  @Test func syntaxErrorsHaveAPlace() {
    let error = #expect(throws: RecipeError.self) { try Self.recipe("recipe: x\na: {b: 1\nc: 2") }
    #expect(error?.description.hasPrefix("r.yaml:3:") == true)
  }

  @Test func hugeAndDeepFilesAreErrors() {
    var bomb = "recipe: x\na0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1..<12 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(throws: RecipeError.self) { try Self.recipe(bomb) }
    for depth in [100, 900, 100_000] {
      let brackets = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(throws: RecipeError.self) { try Self.recipe("recipe: x\na: " + brackets) }
    }
  }

  @Test func anUnknownProfileListsThoseThereAre() {
    let error = #expect(throws: RecipeError.self) { try Self.recipe().resolved(profile: "quik") }
    #expect(error == .unknownProfile(file: "r.yaml", name: "quik", known: ["tiny", "full"]))
    #expect(error?.recoverySuggestion == "choose one of 'tiny', 'full'")
  }

  @Test func loadsFromDisk() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("touchstone-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("r.yaml")
    #expect(throws: RecipeError.unreadable(file: url.path, reason: "no such recipe")) {
      try RecipeFile.load(url)
    }
    #expect(throws: RecipeError.unreadable(file: folder.path, reason: "a folder, not a file")) {
      try RecipeFile.load(folder)
    }
    try Data([0xEF, 0xBB, 0xBF] + Array(Self.yaml.utf8)).write(to: url)
    #expect(try RecipeFile.load(url).header.kind == "training")
    try Data([0xFF, 0xFE, 0x00]).write(to: url)
    #expect(throws: RecipeError.self) { try RecipeFile.load(url) }
  }
}
