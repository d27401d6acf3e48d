import Foundation
import Runs
import Testing

@Suite("Recipes in the folder")
struct RecipeFolderTests {
  private static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Recipes")
      .standardizedFileURL
  }

  static var recipes: [String] {
    let files = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
    // Files of experiments name recipes and are none.
    return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("reproduce/") }.sorted()
  }

  @Test(
    "every recipe has a title, a cost and the profiles tiny, quick and full", arguments: recipes)
  func header(_ path: String) throws {
    let recipe = try RecipeFile.load(Self.folder.appending(path: path))
    #expect(recipe.header.title != nil)
    for profile in ["tiny", "quick", "full"] {
      #expect(recipe.header.cost(of: profile) != nil)
      _ = try recipe.resolved(profile: profile)
    }
  }
}
