import Reports

/// What an audit said about one control, and whether it is what it had to say.
public struct SelfTestRow: Sendable {
  /// The name of the control.
  public let name: String
  /// What is wrong with it.
  public let summary: String
  /// The checks that had to raise a flag.
  public let mustRaise: [String]
  /// Whether no check may raise a flag.
  public let isSound: Bool
  /// All flags of the audit.
  public let flags: [Flag]
  /// The accuracy under single attacks, of examples that are classified correctly.
  public let accuracies: [(attack: String, accuracy: Double)]
  /// What losses do along gradients, over what these promise.
  public let agreement: Double?

  /// A row from all its parts.
  public init(
    name: String, summary: String, mustRaise: [String], isSound: Bool, flags: [Flag],
    accuracies: [(attack: String, accuracy: Double)], agreement: Double?
  ) {
    self.name = name
    self.summary = summary
    self.mustRaise = mustRaise
    self.isSound = isSound
    self.flags = flags
    self.accuracies = accuracies
    self.agreement = agreement
  }

  /// The checks that raised a flag, each once.
  public var raised: [String] {
    Set(flags.filter(\.raised).map { $0.check ?? $0.id.text }).sorted {
      ($0.prefix(1), $0.count, $0) < ($1.prefix(1), $1.count, $1)
    }
  }

  /// The checks that had to raise a flag and did not.
  public var missing: [String] { mustRaise.filter { !raised.contains($0) } }

  /// Whether the audit said what it had to.
  public var isPassed: Bool { missing.isEmpty && (!isSound || raised.isEmpty) }

  private func value(_ id: String) -> Double? { flags.first { $0.id.text == id }?.value }

  private func isRaised(_ id: String) -> Bool {
    flags.contains { $0.id.text == id && $0.raised }
  }

  /// The columns of the table of all controls.
  public static let columns = [
    "control", "zero grad", "random", "prob", "FGSM", "PGD", "PGD full", "APGD-CE/DLR", "Square",
    "transfer", "FD/grad", "flags raised", "had to", "verdict",
  ]

  /// The control's row of that table.
  public var cells: [String] {
    func accuracy(_ attack: String) -> String {
      accuracies.first { $0.attack == attack }.map { short($0.accuracy) } ?? "-"
    }
    let verdict =
      isPassed
      ? "ok" : missing.isEmpty ? "false alarm" : "missing \(missing.joined(separator: " "))"
    return [
      name, short(value("gradients.zero")), isRaised("outputs.random") ? "1" : "0",
      short(value("outputs.probabilities")), accuracy("fgm"), accuracy("pgd"),
      accuracy("pgd, full range"), "\(accuracy("apgd-ce"))/\(accuracy("apgd-dlr"))",
      accuracy("square"), accuracy("transfer"), short(agreement),
      raised.isEmpty ? "none" : raised.joined(separator: " "),
      mustRaise.isEmpty ? (isSound ? "none" : "-") : mustRaise.joined(separator: " "), verdict,
    ]
  }

  private func short(_ value: Double?) -> String {
    value.map { NumberText.short(($0 * 100).rounded() / 100) } ?? "-"
  }

  /// The row with all flags.
  public var json: JSONValue {
    [
      "control": .string(name), "summary": .string(summary),
      "accuracies": .object(JSONObject(accuracies.map { ($0.attack, JSONValue($0.accuracy)) })),
      "finiteDifference": JSONValue(agreement),
      "raised": .array(raised.map { .string($0) }),
      "mustRaise": .array(mustRaise.map { .string($0) }), "isSound": .bool(isSound),
      "passed": .bool(isPassed), "flags": .array(flags.map(\.json)),
    ]
  }
}
