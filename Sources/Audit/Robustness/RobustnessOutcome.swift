import Perturbations
import Reports
import Statistics

/// What all attacks of one norm did: the material of findings and of the checks of the attacks.
struct RobustnessOutcome: Sendable {
  let norm: any Norm
  let radii: [Double]
  let curves: [RobustnessCurve]

  /// Runs the attacks of a plan at ascending radii.
  init(_ plan: AttackPlan, norm: any Norm, radii: [Double], subject: Subject) throws {
    self.norm = norm
    self.radii = radii.sorted()
    var curves: [RobustnessCurve] = []
    for entry in plan.entries {
      curves.append(
        try RobustnessCurve(
          entry, norm: norm, radii: self.radii, subject: subject,
          after: entry.role.looksAtAll ? [] : curves))
    }
    self.curves = curves
  }

  /// Attacks that follow gradients.
  var whiteBox: [RobustnessCurve] { curves.filter(\.role.isWhiteBox) }

  /// Whether each example stands all attacks.
  func standing(at index: Int) -> [Bool] { RobustnessCurve.standing(curves, at: index) }

  /// The largest radius at which some of the first examples stand the gradients, else the largest: where
  /// more effort could still change the answer.
  func tellingIndex(of count: Int) -> Int {
    radii.indices.last { index in
      RobustnessCurve.standing(whiteBox, at: index).prefix(count).contains(true)
    } ?? max(0, radii.count - 1)
  }
}
