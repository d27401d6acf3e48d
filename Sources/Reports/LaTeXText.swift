/// Text that LaTeX shows as it is, also the pdflatex of old installations.
enum LaTeXText {
  private static let special: [Character: String] = [
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
    "%": "\\%", "_": "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "''",
    "−": "$-$", "×": "$\\times$", "±": "$\\pm$", "≤": "$\\leq$", "≥": "$\\geq$", "∞": "$\\infty$",
    "…": "\\ldots{}", "–": "--", "—": "---", "°": "$^{\\circ}$", "→": "$\\rightarrow$",
    "·": "$\\cdot$", "‘": "`", "’": "'", "“": "``", "”": "''", "\u{A0}": "~",
    "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$", "δ": "$\\delta$", "ε": "$\\varepsilon$",
    "λ": "$\\lambda$", "μ": "$\\mu$", "ρ": "$\\rho$", "σ": "$\\sigma$", "θ": "$\\theta$",
    "₀": "$_0$", "₁": "$_1$", "₂": "$_2$", "²": "$^2$", "³": "$^3$",
  ]

  /// The text with all that LaTeX interprets escaped, on one line.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if let known = special[character] {
        result += known
      } else if character.isNewline || character.unicodeScalars.allSatisfy({ $0.value < 0x20 }) {
        result += " "
      } else {
        result.append(character)
      }
    }
  }

  /// A label from a text: letters, digits and a few signs.
  static func label(_ text: String) -> String {
    String(
      text.map { $0.isASCII && ($0.isLetter || $0.isNumber || ":.-".contains($0)) ? $0 : "-" })
  }
}
