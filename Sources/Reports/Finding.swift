import Statistics

/// One measured fact about a model, with its interval and its verdict.
public struct Finding: Sendable, Hashable {
  /// Which direction is good.
  public enum Direction: String, Sendable, Hashable, Codable {
    /// The higher the better, such as accuracy.
    case higher
    /// The lower the better, such as a calibration error.
    case lower
  }

  /// What the value means against its threshold.
  public enum Verdict: String, Sendable, Hashable, Codable {
    /// The threshold is met.
    case pass
    /// Worth a look.
    case warn
    /// The threshold is not met.
    case fail
    /// There is no threshold.
    case info
  }

  /// The unit of a value in 0...1, which is shown in percent.
  public static let rate = "rate"

  /// The stable name.
  public let id: FindingID
  /// A few words for people, such as "Robust accuracy, Linf 0.1".
  public var title: String
  /// The measured value, or nil when it could not be measured.
  public var value: Double?
  /// The lower end of the 95 % interval, where there is one.
  public var low: Double?
  /// The upper end of the 95 % interval, where there is one.
  public var high: Double?
  /// The unit of `value`, `low`, `high` and `threshold`: `Finding.rate`, or a word such as "nats";
  /// empty for a bare number.
  public var unit: String
  /// Which direction is good.
  public var better: Direction
  /// What the value means against the threshold.
  public var verdict: Verdict
  /// The bound that decides the verdict, where there is one.
  public var threshold: Double?
  /// One or two sentences: how it was measured, on how many examples, with which settings.
  public var detail: String
  /// Plots for the HTML and Markdown reports; not part of the JSON.
  public var plots: [Plot] = []
  /// Pictures for the HTML report; not part of the JSON.
  public var pictures: [PictureStrip] = []

  /// A finding from all its parts.
  ///
  /// - Throws: `FindingIDError` when `id` is not a valid name.
  public init(
    id: String, title: String, value: Double?, interval: Interval? = nil,
    unit: String = Finding.rate, better: Direction = .higher, verdict: Verdict = .info,
    threshold: Double? = nil, detail: String = "", plots: [Plot] = [],
    pictures: [PictureStrip] = []
  ) throws(FindingIDError) {
    self.id = try FindingID(id)
    self.title = title
    self.value = value
    low = interval?.low
    high = interval?.high
    self.unit = unit
    self.better = better
    self.verdict = verdict
    self.threshold = threshold
    self.detail = detail
    self.plots = plots
    self.pictures = pictures
  }

  /// Whether the value is on the good side of a bound, the bound included; false without a value.
  public func meets(_ bound: Double) -> Bool {
    guard let value, !value.isNaN else { return false }
    return better == .higher ? value >= bound : value <= bound
  }
}

extension Finding: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, title, value, low, high, unit, better, verdict, threshold, detail
  }

  /// Every field of the JSON, in the order of the schema; numbers that are not finite are null.
  public var json: JSONValue {
    [
      "id": .string(id.text), "title": .string(title), "value": JSONValue(value),
      "low": JSONValue(low), "high": JSONValue(high), "unit": .string(unit),
      "better": .string(better.rawValue), "verdict": .string(verdict.rawValue),
      "threshold": JSONValue(threshold), "detail": .string(detail),
    ]
  }

  /// Writes all fields but plots and pictures.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}
