import Foundation

/// Everything an audit found, with what was audited and how: the content of `report.json`.
public struct Report: Sendable, Hashable {
  /// The name of the JSON schema.
  public static let schema = "touchstone.audit/1"

  /// The version of the program that made the report.
  public var version: String
  /// What was audited: model, data set, classes, checksums. The member `name`, where there is one,
  /// is the heading of the report.
  public var subject: JSONObject
  /// Every setting that can change a number.
  public var settings: JSONObject
  /// The seed of all randomness.
  public var seed: UInt64
  /// When the audit started; to the second in the JSON.
  public var started: Date
  /// How long the audit took, in seconds.
  public var seconds: Double
  /// The measured facts, in the order in which they are shown.
  public var findings: [Finding]
  /// The audit's doubts about its own numbers, raised or not.
  public var flags: [Flag]
  /// What must be said before anything else, such as whose model it is; nothing when empty.
  public var notice = ""
  /// What was done about raised flags, where an audit was asked to.
  public var healing: Healing?
  /// The name of the per-sample table beside the report.
  public var samples = "samples.csv"

  /// A report from all its parts.
  public init(
    version: String, subject: JSONObject, settings: JSONObject, seed: UInt64, started: Date,
    seconds: Double, findings: [Finding], flags: [Flag] = []
  ) {
    self.version = version
    self.subject = subject
    self.settings = settings
    self.seed = seed
    self.started = started
    self.seconds = seconds
    self.findings = findings
    self.flags = flags
  }

  /// The finding with a name.
  public func finding(_ id: String) -> Finding? { findings.first { $0.id.text == id } }

  /// How far the numbers can be believed.
  public var confidence: ConfidenceGrade { ConfidenceGrade(flags) }

  /// The findings whose threshold is not met.
  public var failures: [Finding] { findings.filter { $0.verdict == .fail } }
}

extension Report: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, version, subject, settings, seed, started, seconds, findings, flags, samples,
      notice
  }

  /// Every field, in the order of the schema.
  public var json: JSONValue {
    var object: JSONObject = [
      "schema": .string(Self.schema), "version": .string(version), "subject": .object(subject),
      "settings": .object(settings), "seed": JSONValue(seed),
      "started": .string(started.formatted(.iso8601)), "seconds": JSONValue(seconds),
      "findings": .array(findings.map(\.json)), "flags": .array(flags.map(\.json)),
      "confidence": confidence.json, "samples": .string(samples),
    ]
    if let healing { object["healing"] = healing.json }
    if !notice.isEmpty { object["notice"] = .string(notice) }
    return .object(object)
  }

  /// The bytes of `report.json`: keys sorted, numbers in the fewest digits that read back equal.
  ///
  /// Two runs with the same seed and settings differ only in `started` and `seconds`.
  public func jsonData() -> Data {
    Data(json.text(pretty: true, sortedKeys: true).utf8)
  }

  /// Writes all fields but plots and pictures.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  /// A report from its JSON, without plots and pictures.
  ///
  /// - Throws: `DecodingError`, also for a schema other than `Report.schema`.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try fields.decode(String.self, forKey: .schema)
    guard schema == Self.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: fields,
        debugDescription: "the schema is \"\(schema)\", not \"\(Self.schema)\"")
    }
    let started = try fields.decode(String.self, forKey: .started)
    guard let date = try? Date(started, strategy: .iso8601) else {
      throw DecodingError.dataCorruptedError(
        forKey: .started, in: fields, debugDescription: "\"\(started)\" is not an ISO 8601 time")
    }
    self.init(
      version: try fields.decode(String.self, forKey: .version),
      subject: try fields.decode(JSONObject.self, forKey: .subject),
      settings: try fields.decode(JSONObject.self, forKey: .settings),
      seed: try fields.decode(UInt64.self, forKey: .seed), started: date,
      seconds: try fields.decode(Double.self, forKey: .seconds),
      findings: try fields.decode([Finding].self, forKey: .findings),
      flags: try fields.decode([Flag].self, forKey: .flags))
    samples = try fields.decode(String.self, forKey: .samples)
    notice = try fields.decodeIfPresent(String.self, forKey: .notice) ?? ""
  }
}

extension JSONObject: Codable {
  /// An object from any decoder, by ascending key.
  public init(from decoder: any Decoder) throws {
    guard case .object(let object) = try JSONValue(from: decoder) else {
      throw DecodingError.typeMismatch(
        JSONObject.self,
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "expected an object"))
    }
    self = object
  }

  /// Writes the members in order.
  public func encode(to encoder: any Encoder) throws {
    try JSONValue.object(self).encode(to: encoder)
  }
}
