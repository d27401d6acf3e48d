import Datasets
import Foundation
import Networks
import Perturbations
import Torch

/// Which attacks ask who was a member. Thresholds on one answer are always among them.
public struct MembershipAttacks: Sendable, Codable, Equatable {
  /// How HopSkipJump looks for the boundary.
  public struct Boundary: Sendable, Codable, Equatable {
    /// How often the direction of the boundary is estimated.
    public var steps: Int
    /// Answers for the first estimate.
    public var evaluations: Int

    /// A search.
    public init(steps: Int, evaluations: Int) {
      self.steps = steps
      self.evaluations = evaluations
    }
  }

  /// What an attack made of the examples.
  public struct Row: Sendable, Equatable {
    /// One word for findings, such as `loss`.
    public let id: String
    /// How well it tells members from others.
    public let scores: MembershipScores
    /// How often the audited model was asked.
    public let queries: Int
  }

  /// Shadow models of the likelihood ratio; none when 0, otherwise even.
  public var shadows = 16
  /// How far images are shifted for the attack that counts right decisions; not tried when `nil`.
  public var shifts: Int?
  /// The search for the boundary; not tried when `nil`.
  public var boundary: Boundary?

  /// The attacks that need no other model but shadows.
  public init() {}

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    shadows = try fields.decodeIfPresent(Int.self, forKey: .shadows) ?? shadows
    shifts = try fields.decodeIfPresent(Int.self, forKey: .shifts)
    boundary = try fields.decodeIfPresent(Boundary.self, forKey: .boundary)
  }

  /// Checks every setting.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public func validate() throws(InversionError) {
    guard shadows >= 0, shadows % 2 == 0, shadows != 2 else {
      throw .setting(
        name: "attacks.shadows", value: "\(shadows)", allowed: "0, or even and at least 4")
    }
    for (name, count) in [
      ("shifts", shifts ?? 1), ("boundary.steps", boundary?.steps ?? 1),
      ("boundary.evaluations", boundary?.evaluations ?? 1),
    ] where count < 1 {
      throw .setting(name: "attacks.\(name)", value: "\(count)", allowed: "at least 1")
    }
  }

  /// Tries them all.
  ///
  /// - Parameters:
  ///   - models: the shadow models; the likelihood ratio is left out when `nil`.
  ///   - context: seed and workers of the search for the boundary.
  ///   - say: told which attack is tried.
  /// - Throws: ``InversionError``, `PerturbationError`, `StatisticsError`, what the model throws.
  public func rows(
    of inference: MembershipInference, shadows models: ShadowModels?, context: Context,
    say: (String) -> Void = { _ in }
  ) throws -> [Row] {
    var rows = try [MembershipScore.loss, .confidence, .entropy, .modifiedEntropy].map { score in
      Row(
        id: score.rawValue, scores: try inference.threshold(score), queries: inference.pool.count)
    }
    if let models {
      for form in LikelihoodRatio.Form.allCases {
        rows.append(
          Row(
            id: "likelihood-ratio-\(form.rawValue)",
            scores: try inference.likelihoodRatio(models, form: form),
            queries: inference.pool.count))
      }
    }
    for (id, attack) in try decisions(on: inference.pool) {
      say(attack.name)
      let found = try inference.labelOnly(attack, context: context)
      rows.append(Row(id: id, scores: found.scores, queries: found.queries))
    }
    return rows
  }

  /// The attacks by decisions alone.
  private func decisions(
    on pool: Dataset
  ) throws -> [(id: String, attack: LabelOnlyMembership)] {
    var found: [(String, LabelOnlyMembership)] = []
    if let shifts { found.append(("decisions-shifts", .shifts(reach: shifts))) }
    if let boundary {
      let range = pool.range
      let box =
        range == Dataset.unbounded
        ? nil : Double(range.lowerBound)...Double(range.upperBound)
      found.append(
        (
          "decisions-boundary",
          try .boundary(
            steps: boundary.steps, evaluations: boundary.evaluations,
            starts: StartingPool(pool.batch(Array(max(0, pool.count - 500)..<pool.count))),
            box: box)
        ))
    }
    return found
  }
}
