/// How far an audit's own numbers can be believed: a letter, from the flags that are raised.
///
/// Every check counts once, however many norms raised it. A doubt about how hard was looked weighs 1, a
/// sign that the attacks were led astray 2, and a sign that a number is known to be wrong 4:
///
/// | weight | checks |
/// |---|---|
/// | 1 | B6, B7, C7 to C12, D2, D4, D7, E6 to E8 |
/// | 2 | A1, A2, A4, B1, B2, B5, C1, C4, C6, D1, D3, and flags without a check |
/// | 4 | A3, A5, B3, B4, C2, C3, C5, C13, E1 to E5, E9 |
///
/// No weight is an A, 1 a B, 2 to 3 a C, 4 to 5 a D, 6 to 8 an E, and more an F.
public struct ConfidenceGrade: Sendable, Hashable {
  /// `A` to `F`.
  public let letter: String
  /// The sum of the weights of the checks that raised a flag.
  public let weight: Int
  /// The flags that are raised, heaviest first.
  public let raised: [Flag]

  /// The grade of some flags.
  public init(_ flags: [Flag]) {
    raised = flags.filter(\.raised).enumerated().sorted {
      (-Self.weight(of: $0.element), $0.offset) < (-Self.weight(of: $1.element), $1.offset)
    }.map(\.element)
    var weights: [String: Int] = [:]
    for flag in raised { weights[flag.check ?? flag.id.text] = Self.weight(of: flag) }
    weight = weights.values.reduce(0, +)
    letter =
      switch weight {
      case 0: "A"
      case 1: "B"
      case 2...3: "C"
      case 4...5: "D"
      case 6...8: "E"
      default: "F"
      }
  }

  private static let light: Set<String> = [
    "B6", "B7", "C7", "C8", "C9", "C10", "C11", "C12", "D2", "D4", "D7", "E6", "E7", "E8",
  ]
  private static let heavy: Set<String> = [
    "A3", "A5", "B3", "B4", "C2", "C3", "C5", "C13", "E1", "E2", "E3", "E4", "E5", "E9", "E10",
  ]

  private static func weight(of flag: Flag) -> Int {
    guard let check = flag.check else { return 2 }
    return light.contains(check) ? 1 : heavy.contains(check) ? 4 : 2
  }

  /// What to run next, heaviest first, each remedy once.
  public var next: [String] {
    var seen: Set<String> = []
    return raised.map(\.remedy).filter { seen.insert($0).inserted }
  }

  /// What the letter says, for people.
  public var meaning: String {
    raised.isEmpty
      ? "no check of the audit raised a doubt"
      : "\(raised.count) \(raised.count == 1 ? "flag" : "flags") raised, weight \(weight)"
  }

  /// Letter, weight, and what to run next.
  public var json: JSONValue {
    [
      "grade": .string(letter), "weight": .integer(weight),
      "next": .array(next.map { .string($0) }),
    ]
  }
}
