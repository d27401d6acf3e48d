import Reports

/// Figures of curves, side by side.
enum CurveParts {
  /// How many figures there are in all.
  static let most = 80

  /// Those that matter at once, and the others behind a fold.
  static func grid(_ figures: [CurveFigure]) -> HTML {
    let shown = figures.prefix(most)
    let others = shown.filter { !$0.isMain }
    let fold: HTML =
      others.isEmpty
      ? ""
      : """
      <details class="others"><summary>\(others.count) more figures: weights, gradients, parts \
      of terms</summary><div class="plots" data-others>\(others.map(\.html))</div></details>

      """
    return """
      <div class="plots" data-main>
      \(shown.filter(\.isMain).map(\.html))</div>
      \(fold)
      """
  }
}
