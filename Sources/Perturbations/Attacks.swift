/// The attacks there are, by name.
public enum Attacks {
  /// What `touchstone attack --attack NAME` finds: one line an attack.
  public static let all: [any Attack] = [
    UniformNoise(), GaussianNoise(), FastGradient(), ProjectedGradient(),
  ]

  /// The attack with a name, with its default settings.
  public static func named(_ name: String) throws(PerturbationError) -> any Attack {
    guard let attack = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownAttack(name, known: all.map(\.name))
    }
    return attack
  }
}
