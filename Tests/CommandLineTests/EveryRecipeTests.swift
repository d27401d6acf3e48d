import Foundation
import Testing

@Suite("Every recipe in its tiny profile")
struct EveryRecipeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL

  static var recipes: [String] {
    let folder = root.appending(path: "Recipes").path
    let files = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    // Files of experiments name recipes and are none.
    return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("reproduce/") }.sorted()
  }

  @Test("runs to its end, and its results have the schema", arguments: recipes)
  func tiny(_ name: String) throws {
    let path = Self.root.appending(path: "Recipes/\(name)").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var arguments = [path, "--profile", "tiny"]
    // What the profile draws needs no file. Real data lies under the name by which recipes call it, or the test is left
    // out.
    let profile = text.firstMatch(of: /(?m)^  tiny:.*\n(?:    .*\n)*/).map { String($0.0) } ?? ""
    if !profile.contains("source: "),
      let source = text.firstMatch(of: /source: data\/([^\s,}]+)/)?.1
    {
      let data = Self.root.appending(path: "../shared/data/\(source)").standardizedFileURL.path
      guard FileManager.default.fileExists(atPath: data) else {
        print("skipped \(name): \(source) is not beside the package")
        return
      }
      arguments += ["--data", data]
    }
    let scratch = try Scratch()
    arguments += ["--out", scratch.path("out"), "--quiet"]
    let isSweep = text.contains(/(?m)^sweep:/)
    if isSweep { arguments += ["--set", "sweep.seeds=1"] }
    let isTilt = text.contains(/(?m)^recipe: tilt/)
    let isMembership = text.contains(/(?m)^recipe: membership/)
    let inverted = text.firstMatch(of: /(?m)^recipe: invert-(template|model)/)
      .map { String($0.1) }
    let command = try Command(
      isSweep
        ? ["ablate"] + arguments + ["--no-trial"]
        : (isTilt
          ? ["tilt", "--recipe"]
          : isMembership ? ["membership"] : inverted.map { ["invert", $0] } ?? ["train"])
          + arguments)
    #expect(command.status == 0, "\(command.errors)")
    let results = try String(contentsOfFile: scratch.path("out/results.json"), encoding: .utf8)
    #expect(results.contains("\"schema\": \"touchstone.results/1\""))
    let isPrior = text.contains(/(?m)^recipe: prior/)
    #expect(
      results.contains(
        inverted != nil
          ? /"(?:sar_type_two\.0\.0*1|attack\.lift)"/
          : isMembership
            ? /"(?:[a-z0-9.]+\.)?loss\.found\.0\.01"/
            : isPrior
              ? /"denoising_loss"/ : /"(?:[a-z0-9.]+\.)?(?:test|validation)_(?:label_)?error"/
      ))
  }

  @Test("the schema for editors is what the types say; `make schema` writes it anew")
  func schema() throws {
    let file = Self.root.appending(path: "Recipes/recipe.schema.json")
    let command = try Command(["recipes", "--schema"])
    #expect(command.output == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test("what the schema has more than once is a definition, and every reference leads to one")
  func references() throws {
    let text = try String(
      contentsOf: Self.root.appending(path: "Recipes/recipe.schema.json"), encoding: .utf8)
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: Any])
    var used: [String: Int] = [:]
    for match in text.matches(of: /"#\/\$defs\/([^"]+)"/) { used[String(match.1), default: 0] += 1 }
    #expect(Set(used.keys) == Set(definitions.keys))
    // Trainers are set in many places, and described in one.
    #expect((used["training"] ?? 0) >= 6)
    #expect(text.matches(of: /"checkpointEvery": \{/).count == 1)
    let kinds = Set(text.matches(of: /"const": "([a-z-]+)"/).map { String($0.1) }).count
    #expect(kinds >= 5 && text.split(separator: "\n").count < 1500 * kinds)
  }

  @Test("recipes are listed with their kind, runs and cost")
  func list() throws {
    let command = try Command(["recipes", Self.root.appending(path: "Recipes").path])
    #expect(command.status == 0)
    for name in Self.recipes { #expect(command.output.contains(name)) }
    let empty = try Command(["recipes", "/nowhere"])
    #expect(empty.status == 2 && empty.errors.contains("/nowhere"))
  }
}
