import Datasets
import Perturbations
import Reports
import Statistics
import Torch

/// What one attack does to the examples at ascending radii.
struct RobustnessCurve: Sendable {
  /// The name of the attack.
  let name: String
  /// The radii, ascending.
  let radii: [Double]
  /// The index of the smallest radius at which each example broke; -1 when it was misclassified
  /// clean, `nil` when it stood.
  private(set) var brokenAt: [Int?]
  /// The input that broke each example, and the length of its perturbation.
  private(set) var breaking: [Int: (input: Tensor, length: Double)] = [:]

  init(
    attack: @Sendable (Double) -> any Attack, norm: any Norm, radii: [Double], subject: Subject
  ) throws {
    name = attack(1).name
    self.radii = radii
    let clean = subject.clean.correct.prefix(subject.attackedCount)
    brokenAt = clean.map { $0 ? nil : -1 }
    let batch = subject.attackedBatch
    for (index, radius) in radii.enumerated() {
      let standing = brokenAt.indices.filter { brokenAt[$0] == nil }
      guard !standing.isEmpty else { break }
      let ball = try Ball(norm, radius: radius, box: subject.box)
      let result = try subject.engine.run(
        attack(radius), on: subject.target, batch.selecting(standing), within: ball,
        context: subject.context)
      for (row, example) in standing.enumerated() where result.success[row] {
        brokenAt[example] = index
        breaking[example] = (
          result.adversarial[row..<row + 1].copy(), result.distance[row] ?? radius
        )
      }
    }
  }

  func isBroken(_ example: Int, at index: Int) -> Bool {
    brokenAt[example].map { $0 <= index } ?? false
  }

  /// The accuracy at a radius.
  func accuracy(at index: Int) -> Proportion {
    Proportion(brokenAt.indices.map { !isBroken($0, at: index) })
  }

  /// Accuracy against radius, one curve an attack, from the clean accuracy on.
  static func plot(_ curves: [RobustnessCurve], norm: String) throws -> Plot {
    try Plot.accuracy(
      title: "Accuracy against the size of the perturbation, \(norm)",
      against: "radius (\(norm), in units of the data)",
      curves.map { curve in
        let clean = Proportion(curve.brokenAt.map { $0 != -1 })
        let attacked = curve.radii.indices.map { (curve.radii[$0], curve.accuracy(at: $0)) }
        return (curve.name, [(0, clean)] + attacked)
      })
  }
}
