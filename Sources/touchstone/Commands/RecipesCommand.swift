import ArgumentParser
import Foundation
import Runs

import enum Reports.JSONValue
import struct Reports.TextTable

struct RecipesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipes",
    abstract: "Lists recipes with what they reproduce and what they cost.",
    discussion: """
      EXAMPLES
        touchstone recipes
        touchstone recipes --schema > Recipes/recipe.schema.json
            the JSON Schema by which editors complete and check recipes
      """)

  @Argument(help: "The folder of recipes.")
  var folder = "Recipes"

  @Flag(help: "Print the JSON Schema of recipes.")
  var schema = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if schema {
      print(RecipeSchema.json(of: RunKinds.all).text(pretty: true), terminator: "")
      return
    }
    let recipes = try files().map { try RecipeFile.load(URL(filePath: "\(folder)/\($0)")) }
    print(json ? list(recipes).text(pretty: true) : try table(recipes).text(), terminator: "")
  }

  private func files() throws -> [String] {
    guard let found = FileManager.default.enumerator(atPath: folder) else {
      throw ValidationError("there is no folder \(folder); give the folder of your recipes")
    }
    let files = found.compactMap { $0 as? String }.filter {
      $0.hasSuffix(".yaml") && !$0.hasPrefix(Reproduction.folder + "/")
    }.sorted()
    guard !files.isEmpty else { throw ValidationError("there is no recipe in \(folder)") }
    return files
  }

  private func table(_ recipes: [RecipeFile]) throws -> TextTable {
    var table = TextTable([
      .init("recipe"), .init("kind"), .init("runs", .trailing), .init("title"),
      .init("reproduces"), .init("cost"),
    ])
    for recipe in recipes {
      let plan = try SweepPlan(recipe.resolved())
      let runs = plan.recipe.sweep.map { _ in
        "\(plan.variants.count * plan.settings.seeds.count)"
      }
      let costs = recipe.profiles.compactMap { profile in
        recipe.header.cost(of: profile).map { "\(profile) \($0)" }
      }
      table.append([
        recipe.path, recipe.header.kind, runs ?? "1", recipe.header.title ?? "",
        recipe.header.reproduces ?? "",
        costs.isEmpty ? recipe.header.cost(of: nil) ?? "" : costs.joined(separator: ", "),
      ])
    }
    return table
  }

  private func list(_ recipes: [RecipeFile]) -> JSONValue {
    .array(
      recipes.map { recipe in
        [
          "recipe": .string(recipe.path), "kind": .string(recipe.header.kind),
          "title": JSONValue(recipe.header.title), "about": JSONValue(recipe.header.about),
          "reproduces": JSONValue(recipe.header.reproduces),
          "profiles": .array(recipe.profiles.map(JSONValue.string)),
          "cost": .object(
            .init(recipe.header.cost.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
          ),
        ]
      })
  }
}
