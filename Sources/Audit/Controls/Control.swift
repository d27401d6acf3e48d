import Networks

/// A model of which is known what an audit must say about it.
///
/// To add one, write it in a file of its own and name it in ``Controls/all``.
public protocol Control: Sendable {
  /// The name in tables.
  var name: String { get }
  /// What is wrong with it, in one sentence.
  var summary: String { get }
  /// The checks that must raise a flag, such as `A1`; none of a sound model.
  var mustRaise: Set<String> { get }
  /// Whether no other check may raise a flag.
  var isSound: Bool { get }
  /// The model.
  func classifier(from networks: ControlNetworks) throws -> any Classifier
}

/// The models that `touchstone selftest` audits: broken ones that must be caught, and sound ones that must
/// not (Athalye et al., ICML 2018; Carlini et al., 2019).
public enum Controls {
  /// All controls, in the order of the table: one line a control.
  public static let all: [any Control] = [
    UndefendedControl(), ScaledLogitsControl(), ProbabilitiesControl(), RoundedInputControl(),
    NoisyInputControl(), ShatteredInputControl(), SingleStepControl(), ProjectedControl(),
  ]
}
