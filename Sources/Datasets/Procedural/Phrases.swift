import Torch

/// Short film reviews from a grammar, of which the class is known without doubt: text that needs no
/// download.
///
/// A review says one thing with a word of praise or blame, which a negation turns round; with two
/// clauses joined by "but" the second one counts. Counting words alone does not solve it.
public enum Phrases {
  /// "phrases".
  public static let name = "phrases"
  /// How many tokens a review has at most.
  public static let length = 16

  private static let subjects = [
    "the film", "this movie", "the plot", "the cast", "her script", "his direction", "the music",
    "the ending", "every scene", "the dialogue",
  ]
  private static let verbs = ["is", "was", "feels", "seems", "remains"]
  private static let degrees = ["", "", "very", "rather", "truly", "quite"]
  private static let negations = ["not", "never", "hardly"]
  private static let praise = [
    "good", "moving", "funny", "fresh", "brilliant", "charming", "clever", "warm", "gripping",
    "graceful",
  ]
  private static let blame = [
    "bad", "dull", "silly", "stale", "clumsy", "tedious", "lazy", "cold", "shallow", "noisy",
  ]

  /// Draws reviews, as many of one class as of the other.
  ///
  /// - Parameters:
  ///   - count: how many, at least 1.
  ///   - seed: other seeds give independent reviews.
  ///   - part: train and test reviews are drawn independently; short ones may occur in both.
  /// - Throws: `DatasetError` (empty) for a count below 1.
  public static func dataset(count: Int, seed: UInt64, part: DatasetPart) throws -> Dataset {
    let lines = (0..<max(0, count)).map { index in
      var stream = RandomStream(
        seed: seed, purpose: "phrases.\(part.rawValue)", index: UInt64(index))
      return review(isPraise: index % 2 == 1, using: &stream)
    }
    let text = try TextDataset(
      name: name, lines: lines, labels: lines.indices.map { $0 % 2 }, classNames: ["neg", "pos"])
    return try Dataset(text, vocabulary: vocabulary(), length: length, part: part)
  }

  /// The words of the grammar.
  public static func vocabulary() throws -> Vocabulary {
    let parts = subjects + verbs + degrees + negations + praise + blame + ["but", ",", "."]
    return try Vocabulary(
      counting: parts, minimumCount: 1, name: name)
  }

  private static func review(isPraise: Bool, using stream: inout RandomStream) -> String {
    var line = ""
    if stream.uniform() < 0.4 {
      line = clause(isPraise: stream.uniform() < 0.5, using: &stream) + " , but "
    }
    return line + clause(isPraise: isPraise, using: &stream) + " ."
  }

  private static func clause(isPraise: Bool, using stream: inout RandomStream) -> String {
    let isNegated = stream.uniform() < 0.3
    let words = [
      pick(subjects, &stream), pick(verbs, &stream), isNegated ? pick(negations, &stream) : "",
      pick(degrees, &stream), pick(isPraise != isNegated ? praise : blame, &stream),
    ]
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func pick(_ words: [String], _ stream: inout RandomStream) -> String {
    words.randomElement(using: &stream) ?? ""
  }
}
