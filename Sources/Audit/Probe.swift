import Datasets
import Reports
import Torch

/// A question to a model, answered with findings.
///
/// To add a probe, write it in a file of its own and name it in ``Probes/all``.
public protocol Probe: Sendable {
  /// The name in settings and progress.
  var name: String { get }
  /// Whether the question makes sense for a subject; unless a probe says so not for words, since they
  /// cannot be moved a little, and not for examples with several labels, which have no class to be
  /// wrong about.
  func suits(_ subject: Subject) -> Bool
  /// Asks the question.
  func run(on subject: Subject) throws -> Evidence
  /// Asks the question, knowing what the probes before this one found; unless a probe says otherwise
  /// that makes no difference.
  ///
  /// - Parameter found: what was found so far. The answer is added to it; what stands there can be
  ///   annotated, such as a plot with a further curve.
  func run(on subject: Subject, after found: inout Evidence) throws -> Evidence
}

extension Probe {
  /// Any subject whose inputs are numbers and whose examples have one class each.
  public func suits(_ subject: Subject) -> Bool {
    subject.data.vocabulary == nil && subject.data.outputs == .classes
  }

  /// The answer that no other probe has a part in.
  public func run(on subject: Subject, after found: inout Evidence) throws -> Evidence {
    try run(on: subject)
  }
}

/// What a probe found.
public struct Evidence: Sendable {
  /// Measured facts.
  public var findings: [Finding]
  /// Doubts about them, raised or not.
  public var flags: [Flag]
  /// Columns of the per-sample table, one entry an example.
  public var columns: [SampleTable.Column]
  /// What attacks did, for a second look.
  var outcomes: [RobustnessOutcome] = []

  /// Evidence.
  public init(
    findings: [Finding] = [], flags: [Flag] = [], columns: [SampleTable.Column] = []
  ) {
    self.findings = findings
    self.flags = flags
    self.columns = columns
  }
}

/// The probes there are, in the order in which they are run and shown: one line a probe.
public enum Probes {
  /// All probes.
  public static let all: [any Probe] = [
    AccuracyProbe(), LabelsProbe(), CalibrationProbe(), ModelBehaviourProbe(),
    GradientHealthProbe(), RobustnessProbe(), CertificatesProbe(), SmoothnessProbe(),
    LocalSmoothnessProbe(), GeometryProbe(), BoundaryProbe(), ExplanationsProbe(),
    CounterfactualsProbe(), OptimalTransportProbe(), WordsProbe(), ModelInversionProbe(),
    MembershipProbe(),
  ]

  /// The probes of encoders, which give templates and no scores of classes.
  public static let ofEncoders: [any EncoderProbe] = [
    VerificationProbe(), TemplateInversionProbe(),
  ]

  /// Why no probe of ``all`` is asked about an encoder.
  static let skippedForEncoders = "They need scores of classes, and an encoder gives templates."
}
