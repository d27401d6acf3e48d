/// What an audit did about the flags it raised, and which of them remain.
public struct Healing: Sendable, Hashable {
  /// What was changed, in words.
  public var remedies: [String]
  /// The flags that were raised and are not any longer.
  public var resolved: [FindingID]
  /// The flags that are still raised, or newly so.
  public var remaining: [Flag]

  /// A record.
  public init(remedies: [String], resolved: [FindingID], remaining: [Flag]) {
    self.remedies = remedies
    self.resolved = resolved
    self.remaining = remaining
  }

  /// How far the healed numbers can be believed.
  public var confidence: ConfidenceGrade { ConfidenceGrade(remaining) }

  /// One sentence for people.
  public var summary: String {
    let remain = remaining.map(\.id.text).joined(separator: ", ")
    return """
      Healed with \(remedies.joined(separator: "; ")). Flags resolved: \(resolved.count)\
      \(remaining.isEmpty ? "" : ", remaining: \(remain)"); confidence in the healed numbers \
      \(confidence.letter).
      """
  }

  /// All of it; remaining flags by their ids.
  public var json: JSONValue {
    [
      "remedies": .array(remedies.map { .string($0) }),
      "resolved": .array(resolved.map { .string($0.text) }),
      "remaining": .array(remaining.map { .string($0.id.text) }), "confidence": confidence.json,
    ]
  }
}
