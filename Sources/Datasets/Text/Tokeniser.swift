/// Cuts lines of text into tokens.
///
/// Letters are lower-cased. A token is a run of letters, digits and marks, in which an apostrophe
/// between two letters belongs to the word (`it's`), or a single character of any other kind that
/// is not white space: punctuation marks are tokens of their own.
public enum Tokeniser {
  /// The tokens of a line, in order; none for a line of white space.
  public static func tokens(of line: String) -> [String] {
    let characters = Array(line.lowercased())
    var tokens: [String] = []
    var word = ""
    func close() {
      if !word.isEmpty { tokens.append(word) }
      word = ""
    }
    for (position, character) in characters.enumerated() {
      if isWordPart(character) {
        word.append(character)
      } else if isApostrophe(character), !word.isEmpty, position + 1 < characters.count,
        isWordPart(characters[position + 1])
      {
        // Curly apostrophes are the straight one, so that a word has one spelling.
        word.append("'")
      } else {
        close()
        if !character.isWhitespace { tokens.append(String(character)) }
      }
    }
    close()
    return tokens
  }

  private static func isWordPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private static func isApostrophe(_ character: Character) -> Bool {
    character == "'" || character == "\u{2019}"
  }
}
