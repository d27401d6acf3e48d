/// The figures that a recipe itself has of a finding, forecast or published, each beside what was measured.
public struct FigureTable: Sendable {
  /// A figure.
  public struct Row: Sendable {
    /// The variant.
    public let variant: String
    /// The figure.
    public let figure: Double
    /// What was measured of the variant; `nil` without a finished run.
    public let cell: SweepAnalysis.Cell?
    /// Whether the figure lies in the measured interval.
    public let level: ClaimVerdict
    /// The variant that it is compared with, where that has a figure too.
    public let baseline: String?
    /// The difference of the two figures.
    public let predicted: Double?
    /// Whether the measured difference has the sign of ``predicted``.
    public let sign: ClaimVerdict?
  }

  /// The finding's name.
  public let finding: String
  /// The finding for people; its name where it was not measured.
  public let title: String
  /// The finding's unit.
  public let unit: String
  /// Whether the figures were guessed or measured elsewhere.
  public let origin: Claim.Origin
  /// The figures, in the order of the variants.
  public let rows: [Row]

  /// All verdicts.
  public var verdicts: [ClaimVerdict] { rows.flatMap { [$0.level] + [$0.sign].compactMap(\.self) } }
}
