import Reports
import Statistics

/// A claim beside what was measured of it.
public struct JudgedClaim: Sendable {
  /// The claim.
  public let claim: Claim
  /// The finding for people; its name where it was not measured.
  public let title: String
  /// The finding's unit.
  public let unit: String
  /// What was measured: the value of the variant, or its difference to the other.
  public let value: Double?
  /// Its 95 % interval.
  public let interval: Interval?
  /// How many seeds are behind it.
  public let seedCount: Int
  /// How it came out.
  public let verdict: ClaimVerdict
}
