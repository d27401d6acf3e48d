import Perturbations
import Reports
import Statistics

/// What all attacks of one norm did: the material of findings and of the checks of the attacks.
package struct RobustnessOutcome: Sendable {
  let norm: any Norm
  package let radii: [Double]
  let curves: [RobustnessCurve]
  /// The index of the smallest radius at which an earlier look broke each example; -1 for clean failures.
  private let brokenBefore: [Int?]

  /// What some attacks are said to have done, at ascending radii.
  package init(norm: any Norm, radii: [Double], curves: [RobustnessCurve]) {
    self.norm = norm
    self.radii = radii
    self.curves = curves
    brokenBefore = []
  }

  /// Runs the attacks of a plan at ascending radii.
  ///
  /// - Parameter prior: an earlier look at the same radii.
  package init(
    _ plan: AttackPlan, norm: any Norm, radii: [Double], subject: Subject,
    prior: RobustnessOutcome? = nil
  ) throws {
    self.norm = norm
    self.radii = radii.sorted()
    let brokenBefore = prior?.brokenAt ?? []
    self.brokenBefore = brokenBefore
    var curves: [RobustnessCurve] = []
    for entry in plan.entries {
      curves.append(
        try RobustnessCurve(
          entry, norm: norm, radii: self.radii, subject: subject,
          after: entry.role.looksAtAll ? [] : curves, brokenBefore: brokenBefore))
    }
    self.curves = curves
  }

  /// Attacks that follow gradients.
  var whiteBox: [RobustnessCurve] { curves.filter(\.role.isWhiteBox) }

  /// The share of examples that stand all attacks, at every radius: what findings report.
  package var reported: [Double] {
    radii.indices.map { Proportion(standing(at: $0)).rate ?? .nan }
  }

  /// The index of the smallest radius at which any attack of any look broke each example.
  var brokenAt: [Int?] {
    let all = curves.map(\.brokenAt) + (brokenBefore.isEmpty ? [] : [brokenBefore])
    return (curves.first?.brokenAt.indices).map { examples in
      examples.map { example in all.compactMap { $0[example] }.min() }
    } ?? []
  }

  /// Whether each example stands all attacks.
  func standing(at index: Int) -> [Bool] { brokenAt.map { $0.map { $0 > index } ?? true } }

  /// The largest radius at which some of the first examples stand the gradients, else the largest: where
  /// more effort could still change the answer.
  func tellingIndex(of count: Int) -> Int {
    radii.indices.last { index in
      standsGradients(at: index).prefix(count).contains(true)
    } ?? max(0, radii.count - 1)
  }

  /// Whether each example stands the attacks that follow gradients, and every attack of an earlier look.
  func standsGradients(at index: Int) -> [Bool] {
    RobustnessCurve.standing(whiteBox, at: index).enumerated().map { example, stands in
      guard brokenBefore.indices.contains(example), let broken = brokenBefore[example] else {
        return stands
      }
      return stands && broken > index
    }
  }
}
