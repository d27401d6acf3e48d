/// Builds terms by name, for recipes: one line a term.
public enum TermRegistry {
  private struct Entry: Sendable {
    let options: [String]
    let build: @Sendable ([String: Double]) throws(TrainingError) -> any Term
  }

  private static let entries: [String: Entry] = [
    "cross-entropy": Entry(options: ["labelSmoothing"]) { options throws(TrainingError) in
      CrossEntropy(labelSmoothing: try rate("labelSmoothing", options))
    },
    "weight-penalty": Entry(options: []) { _ throws(TrainingError) in WeightPenalty() },
  ]

  /// The names of all terms.
  public static var names: [String] { entries.keys.sorted() }

  /// A term.
  ///
  /// - Throws: ``TrainingError`` for unknown names and options and values out of range.
  public static func term(
    _ name: String, options: [String: Double] = [:]
  ) throws(TrainingError) -> any Term {
    guard let entry = entries[name] else { throw .unknownTerm(name, known: names) }
    if let option = options.keys.sorted().first(where: { !entry.options.contains($0) }) {
      throw .setting(
        name: "\(name).\(option)", value: "given",
        allowed: entry.options.isEmpty
          ? "left out, since the term has no options"
          : "one of \(entry.options.joined(separator: ", "))")
    }
    return try entry.build(options)
  }

  private static func rate(
    _ name: String, _ options: [String: Double]
  ) throws(TrainingError) -> Double {
    let value = options[name] ?? 0
    guard value >= 0, value < 1 else {
      throw .setting(name: name, value: "\(value)", allowed: "at least 0 and below 1")
    }
    return value
  }
}
