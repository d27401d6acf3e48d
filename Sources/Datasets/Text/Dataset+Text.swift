import Torch

extension Dataset {
  /// Lines of text as tokens `[N, length]`.
  ///
  /// - Parameters:
  ///   - text: the lines with their classes.
  ///   - vocabulary: the words that are known; all others become ``Vocabulary/unknown``.
  ///   - length: how many tokens a line has, at least 1.
  /// - Throws: `DatasetError` (badSetting, badValue): for a length below 1, and a line without a
  ///   token.
  public init(
    _ text: TextDataset, vocabulary: Vocabulary, length: Int, part: DatasetPart = .all
  ) throws {
    guard length >= 1 else {
      throw DatasetError(
        .badSetting, in: text.name, "lines cannot have \(length) tokens",
        remedy: "give a length of at least 1")
    }
    try self.init(
      name: text.name, tokens: vocabulary.tokens(of: text.lines, length: length),
      labels: .init(text.labels), classNames: text.classNames, vocabulary: vocabulary, part: part)
  }

  /// How often every word of the vocabulary occurs, padding included; `nil` where inputs are no text.
  public var wordCounts: [Int]? {
    guard let vocabulary else { return nil }
    return inputs.values(as: Int.self).reduce(into: Array(repeating: 0, count: vocabulary.count)) {
      $0[$1] += 1
    }
  }
}
