import Foundation

/// Text that LaTeX shows as it is, also the pdflatex of old installations.
///
/// Letters of other scripts stay as they are, because nothing can stand for them; they need XeLaTeX
/// or LuaLaTeX with a font that has them.
enum LaTeXText {
  /// The text with all that LaTeX interprets escaped, on one line.
  static func escaped(_ text: String) -> String {
    var result = ""
    // Accents composed with their letters are all that pdflatex takes.
    for character in text.precomposedStringWithCanonicalMapping {
      let piece = piece(for: character)
      if isLigature(result.last, piece.first) { result += "{}" }
      result += piece
    }
    return result
  }

  /// A row's cells with what is between and behind them.
  ///
  /// The command before a row would take a bracket or an asterisk at its start as an argument.
  static func row(_ cells: [String]) -> String {
    let text = cells.map(escaped).joined(separator: " & ")
    let start = text.first { $0 != " " }
    let guarded = start == "[" || start == "*" ? "{}" + text : text
    return "  \(guarded) \\\\\n"
  }

  /// A label from a text: letters, digits and a few signs.
  static func label(_ text: String) -> String {
    String(
      text.map { $0.isASCII && ($0.isLetter || $0.isNumber || ":.-".contains($0)) ? $0 : "-" })
  }

  private static func piece(for character: Character) -> String {
    if let known = ascii[character] ?? symbols[character] ?? greek[character] { return known }
    if character.isNewline { return " " }
    if character.unicodeScalars.allSatisfy(isControl) { return " " }
    let visible = character.unicodeScalars.filter { !isControl($0) && !isInvisible($0) }
    return String(String.UnicodeScalarView(visible))
  }

  /// Whether two characters would be drawn as one other: `--` as a dash, two quotes as a double one.
  private static func isLigature(_ last: Character?, _ next: Character?) -> Bool {
    guard let last, let next else { return false }
    switch next {
    case "-": return last == "-"
    case "'": return last == "'"
    case "`": return "`!?".contains(last)
    case ",": return last == ","
    default: return false
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }

  /// Marks without a picture, such as the zero-width space and the byte order mark.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .format
  }

  private static let ascii: [Character: String] = [
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
    "%": "\\%", "_": "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "''",
  ]

  private static let symbols: [Character: String] = [
    "−": "$-$", "×": "$\\times$", "÷": "$\\div$", "±": "$\\pm$", "∓": "$\\mp$", "·": "$\\cdot$",
    "≤": "$\\leq$", "≥": "$\\geq$", "≠": "$\\neq$", "≈": "$\\approx$", "≪": "$\\ll$",
    "≫": "$\\gg$", "∼": "$\\sim$", "≡": "$\\equiv$", "∝": "$\\propto$", "∞": "$\\infty$",
    "∑": "$\\sum$", "∏": "$\\prod$", "√": "$\\surd$", "∂": "$\\partial$", "∇": "$\\nabla$",
    "∈": "$\\in$", "∪": "$\\cup$", "∩": "$\\cap$", "∘": "$\\circ$", "⊕": "$\\oplus$",
    "⊗": "$\\otimes$", "‖": "$\\|$", "∥": "$\\|$", "ℓ": "$\\ell$", "′": "$'$", "″": "$''$",
    "¬": "$\\neg$", "→": "$\\rightarrow$", "←": "$\\leftarrow$", "↔": "$\\leftrightarrow$",
    "↑": "$\\uparrow$", "↓": "$\\downarrow$", "⇒": "$\\Rightarrow$", "⇔": "$\\Leftrightarrow$",
    "°": "$^{\\circ}$", "⁰": "$^0$", "¹": "$^1$", "²": "$^2$", "³": "$^3$", "⁴": "$^4$",
    "⁵": "$^5$", "⁶": "$^6$", "⁷": "$^7$", "⁸": "$^8$", "⁹": "$^9$", "⁻": "$^-$", "⁺": "$^+$",
    "₀": "$_0$", "₁": "$_1$", "₂": "$_2$", "₃": "$_3$", "₄": "$_4$", "₅": "$_5$", "₆": "$_6$",
    "₇": "$_7$", "₈": "$_8$", "₉": "$_9$", "½": "$\\frac{1}{2}$", "¼": "$\\frac{1}{4}$",
    "¾": "$\\frac{3}{4}$", "•": "$\\bullet$", "✓": "$\\surd$", "✗": "$\\times$",
    "†": "\\dag{}", "‡": "\\ddag{}", "§": "\\S{}", "…": "\\ldots{}", "–": "--", "—": "---",
    "‐": "-", "\u{2011}": "-", "‘": "`", "’": "'", "‚": ",", "“": "``", "”": "''", "„": ",,",
    "«": "$\\ll$", "»": "$\\gg$", "\u{A0}": "~", "\u{202F}": "\\,", "\u{2009}": "\\,",
    "\u{2007}": "~", "\u{2002}": " ", "\u{2003}": " ",
  ]

  private static let greek: [Character: String] = [
    "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$", "δ": "$\\delta$", "ε": "$\\varepsilon$",
    "ϵ": "$\\epsilon$", "ζ": "$\\zeta$", "η": "$\\eta$", "θ": "$\\theta$", "ι": "$\\iota$",
    "κ": "$\\kappa$", "λ": "$\\lambda$", "\u{3BC}": "$\\mu$", "\u{B5}": "$\\mu$", "ν": "$\\nu$",
    "ξ": "$\\xi$", "π": "$\\pi$", "ρ": "$\\rho$", "σ": "$\\sigma$", "τ": "$\\tau$",
    "υ": "$\\upsilon$", "φ": "$\\varphi$", "ϕ": "$\\phi$", "χ": "$\\chi$", "ψ": "$\\psi$",
    "ω": "$\\omega$", "Γ": "$\\Gamma$", "Δ": "$\\Delta$", "∆": "$\\Delta$", "Θ": "$\\Theta$",
    "Λ": "$\\Lambda$", "Ξ": "$\\Xi$", "Π": "$\\Pi$", "Σ": "$\\Sigma$", "Φ": "$\\Phi$",
    "Ψ": "$\\Psi$", "Ω": "$\\Omega$",
  ]
}
