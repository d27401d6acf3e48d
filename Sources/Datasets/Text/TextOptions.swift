/// How lines of text become tokens, and which of them are for testing.
public struct TextOptions: Sendable, Equatable, Codable {
  /// How many tokens a line has: longer ones are cut, shorter ones filled up. As many as the longest
  /// training line, and at most ``longestByDefault``, when `nil`.
  public var length: Int?
  /// How many words the vocabulary has at most, the two special ones included; 20 000 when `nil`.
  public var words: Int?
  /// How often a word must occur in the training lines to be in the vocabulary; 2 when `nil`, so that
  /// the unknown word, which stands for the others, is learned about as well.
  public var minimumCount: Int?
  /// Which of ten folds is the test part, from 0 to 9; a fifth of the lines, always the same, when
  /// `nil`. Folders with a train and a test part are not divided.
  public var fold: Int?

  /// The most tokens that a line has unless told otherwise.
  public static let longestByDefault = 128
  /// The number of folds.
  public static let folds = 10

  /// Options; what is `nil` has its default.
  public init(length: Int? = nil, words: Int? = nil, minimumCount: Int? = nil, fold: Int? = nil) {
    self.length = length
    self.words = words
    self.minimumCount = minimumCount
    self.fold = fold
  }

  /// Checks all options.
  ///
  /// - Throws: `DatasetError` (badSetting) for the first that is out of its range.
  public func validate() throws(DatasetError) {
    for (name, value, range) in [
      ("length", length, 1...100_000), ("words", words, 3...10_000_000),
      ("minimumCount", minimumCount, 1...1_000_000), ("fold", fold, 0...TextOptions.folds - 1),
    ] {
      guard let value, !range.contains(value) else { continue }
      throw DatasetError(
        .badSetting, in: "data.text", "\(name) is \(value)",
        remedy: "give a number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
