/// The attacks there are, by name.
public enum Attacks {
  /// Those that move numbers, such as pixels: one line an attack.
  public static let ofNumbers: [any Attack] = [
    UniformNoise(),
    GaussianNoise(),
    FastGradient(),
    ProjectedGradient(),
    BasicIterative(),
    MomentumIterative(),
    AutoProjectedGradient(),
    TargetedAutoProjectedGradient(),
    DeepFool(),
    CarliniWagner(),
    DecoupledDirectionNorm(),
    FastMinimumNorm(),
    FastAdaptiveBoundary(),
    TargetedFastAdaptiveBoundary(),
    Square(),
    BoundaryAttack(),
    HopSkipJump(),
    SimultaneousPerturbation(),
    UniversalPerturbation(),
  ]

  /// Those that run several of them, each on what still stands.
  public static let ensembles: [any Attack] = [AutoAttack(), FastEnsemble()]

  /// Those that act on words and their vectors.
  public static let ofWords: [any Attack] = [EmbeddingGradient(), HotFlip()]

  /// What `touchstone attack --attack NAME` finds.
  public static let all: [any Attack] = ofNumbers + ensembles + ofWords

  /// The attack with a name, with its default settings.
  public static func named(_ name: String) throws(PerturbationError) -> any Attack {
    guard let attack = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownAttack(name, known: all.map(\.name))
    }
    return attack
  }
}
