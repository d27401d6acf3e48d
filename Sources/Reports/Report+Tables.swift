extension Report {
  /// The findings as a table for the terminal.
  public var findingsTable: TextTable {
    var table = TextTable([
      .init("finding"), .init("value", .trailing), .init("95% interval", .trailing),
      .init("threshold", .trailing), .init("verdict"),
    ])
    for finding in findings {
      table.append([
        finding.id.text, finding.valueText, finding.intervalText, finding.thresholdText,
        finding.verdict.rawValue,
      ])
    }
    return table
  }

  /// The flags as a table for the terminal: raised ones first.
  public var flagsTable: TextTable {
    var table = TextTable([
      .init("flag"), .init("check"), .init("state"), .init("value", .trailing),
      .init("threshold", .trailing),
      .init("meaning"), .init("remedy"),
    ])
    for flag in flagsInOrder {
      table.append([
        flag.id.text, flag.check ?? "", flag.state, flag.value.map { NumberText.short($0) } ?? "",
        flag.threshold.map { NumberText.short($0) } ?? "", flag.meaning, flag.remedy,
      ])
    }
    return table
  }

  var flagsInOrder: [Flag] { flags.filter(\.raised) + flags.filter { !$0.raised } }

  /// The heading: the subject's name, or what stands in for it.
  package var name: String {
    if case .string(let name)? = subject["name"], !name.isEmpty { return name }
    return "Audit"
  }
}

extension JSONObject {
  /// The leaves of the tree, each with its dotted path, for tables.
  package var leaves: [(path: String, text: String)] {
    members.flatMap { $0.value.leaves(under: $0.key) }
  }
}

extension JSONValue {
  fileprivate func leaves(under path: String) -> [(path: String, text: String)] {
    switch self {
    case .object(let object) where !object.members.isEmpty:
      return object.members.flatMap { $0.value.leaves(under: "\(path).\($0.key)") }
    case .array(let values) where values.contains(where: \.isContainer):
      return values.enumerated().flatMap { $1.leaves(under: "\(path).\($0)") }
    case .array(let values):
      return [(path, values.map(\.plainText).joined(separator: ", "))]
    default: return [(path, plainText)]
    }
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }

  private var plainText: String {
    switch self {
    case .null: "none"
    case .bool(let value): value ? "yes" : "no"
    case .string(let value): value
    default: text()
    }
  }
}
