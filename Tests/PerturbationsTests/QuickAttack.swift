import Perturbations

/// Attacks with settings under which they take no minutes.
enum QuickAttack {
  private static let settings: [String: [String: String]] = [
    "boundary": ["steps": "60", "tries": "20"],
    "cw": ["steps": "30"],
    "fast": ["steps": "10", "queries": "30"],
    "hopskipjump": ["steps": "3", "evaluations": "20", "tries": "20"],
    "spsa": ["steps": "5", "samples": "8"],
    "square": ["queries": "60"],
    "universal": ["epochs": "2"],
  ]

  /// The attack with a name.
  static func named(_ name: String) throws -> any Attack {
    try (settings[name] ?? [:]).reduce(try Attacks.named(name)) {
      try $0.setting($1.key, to: $1.value)
    }
  }
}
