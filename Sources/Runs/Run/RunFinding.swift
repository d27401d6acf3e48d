import Foundation
import GRDB
import Reports
import Statistics

/// A finding of a run as the store keeps it, with the number of examples behind it.
public struct RunFinding: Sendable, Hashable, Codable, FetchableRecord {
  /// The stable name, such as `test_error`.
  public var id: String
  /// A few words for people.
  public var title: String
  /// The value, or nil when it could not be measured.
  public var value: Double?
  /// The lower end of the 95 % interval.
  public var low: Double?
  /// The upper end of the 95 % interval.
  public var high: Double?
  /// The number of units behind it, such as examples.
  public var count: Int?
  /// The unit of the value.
  public var unit: String
  /// Which direction is good.
  public var better: Finding.Direction
  /// What the value means against the threshold.
  public var verdict: Finding.Verdict
  /// The bound that decides the verdict.
  public var threshold: Double?
  /// How it was measured.
  public var detail: String

  /// What the store keeps of a finding.
  public init(_ finding: Finding, count: Int? = nil) {
    id = finding.id.text
    title = finding.title
    value = finding.value
    low = finding.low
    high = finding.high
    self.count = count
    unit = finding.unit
    better = finding.better
    verdict = finding.verdict
    threshold = finding.threshold
    detail = finding.detail
  }

  /// The fields of `results.json`.
  public var json: JSONValue {
    var object: JSONObject = [
      "value": JSONValue(value), "low": JSONValue(low), "high": JSONValue(high),
      "unit": .string(unit), "better": .string(better.rawValue),
    ]
    if let count { object["n"] = .integer(count) }
    return .object(object)
  }
}

extension RunFinding {
  /// The value for people, such as `43.2%`.
  public var valueText: String { finding?.valueText ?? "" }
  /// The interval for people, such as `40.1 to 46.3%`.
  public var intervalText: String { finding?.intervalText ?? "" }

  /// The finding that it was, without its plots and pictures; nil where its name cannot be one.
  public var finding: Finding? {
    let interval = low.flatMap { low in high.map { Interval(low: low, high: $0, level: 0.95) } }
    return try? Finding(
      id: id, title: title, value: value, interval: interval, unit: unit, better: better,
      verdict: verdict, threshold: threshold, detail: detail)
  }
}
