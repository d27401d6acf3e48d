/// What comes out of a run.
public struct RunResult: Sendable {
  /// The findings, in order.
  public var findings: [RunFinding]
  /// What became of every example, by the finding that counts it.
  public var outcomes: [String: Outcomes]
  /// The files in the run's folder that belong to it.
  public var files: [String]

  /// A result from its parts.
  public init(
    findings: [RunFinding], outcomes: [String: Outcomes] = [:], files: [String] = []
  ) {
    self.findings = findings
    self.outcomes = outcomes
    self.files = files
  }
}
