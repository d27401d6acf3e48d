/// A sign that a number of the audit itself may not be trusted, such as vanishing gradients.
public struct Flag: Sendable, Hashable {
  /// The stable name.
  public let id: FindingID
  /// The check of the audit's list that the flag belongs to, such as `A5`, where it has one.
  public var check: String?
  /// Whether the sign is there.
  public var raised: Bool
  /// What was measured, or nil when it could not be.
  public var value: Double?
  /// The bound beyond which the flag is raised, where there is one.
  public var threshold: Double?
  /// What a raised flag says about the numbers, in one sentence.
  public var meaning: String
  /// What to do when it is raised, in one sentence.
  public var remedy: String

  /// A flag from all its parts.
  ///
  /// - Throws: `FindingIDError` when `id` is not a valid name.
  public init(
    id: String, check: String? = nil, raised: Bool, value: Double?, threshold: Double? = nil,
    meaning: String,
    remedy: String
  ) throws(FindingIDError) {
    self.id = try FindingID(id)
    self.check = check
    self.raised = raised
    self.value = value
    self.threshold = threshold
    self.meaning = meaning
    self.remedy = remedy
  }

  /// `raised`, `clear`, or `not measured`.
  public var state: String { raised ? "raised" : value == nil ? "not measured" : "clear" }
}

extension Flag: Codable {
  /// Every field, in the order of the schema; numbers that are not finite are null.
  public var json: JSONValue {
    [
      "id": .string(id.text), "check": JSONValue(check), "raised": .bool(raised),
      "value": JSONValue(value),
      "threshold": JSONValue(threshold), "meaning": .string(meaning), "remedy": .string(remedy),
    ]
  }

  /// Writes all fields.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}
