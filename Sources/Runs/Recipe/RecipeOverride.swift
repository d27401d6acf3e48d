/// A value that replaces one of a recipe, as `--set training.steps=500` gives it.
struct RecipeOverride {
  let path: [String]
  let value: RecipeValue
  let text: String

  /// - Parameter text: what follows `--set`.
  init(_ text: String) throws(RecipeError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .invalidOverride(text, problem: "there is no '='") }
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains("") else {
      throw .invalidOverride(text, problem: "a key before the '=' is empty")
    }
    let place = RecipePlace(source: "--set \(text)")
    self.path = path
    self.text = text
    value =
      try RecipeParser.value(of: String(parts[1])) { _, _ in place }
      ?? RecipeValue(.null, at: place)
  }

  /// Replaces the value in a recipe.
  func apply(to values: inout RecipeValue) throws(RecipeError) {
    guard let obstacle = values.set(path[...], to: value) else { return }
    throw .invalidOverride(text, problem: "'\(obstacle)' has no such key")
  }
}
