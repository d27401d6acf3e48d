import Datasets
import Perturbations
import Reports
import Statistics
import Torch

/// What one attack does to the examples at ascending radii.
package struct RobustnessCurve: Sendable {
  /// The name of the attack.
  let name: String
  /// What the attack is there for.
  let role: AttackPlan.Role
  /// The radii, ascending.
  let radii: [Double]
  /// The index of the smallest radius at which each example broke; -1 when it was misclassified
  /// clean, `nil` when it stood or was broken by an attack before this one.
  private(set) var brokenAt: [Int?]
  /// The input that broke each example, and the length of its perturbation.
  private(set) var breaking: [Int: Breaking] = [:]
  /// Whether the attack gave back what it had to.
  private(set) var check = ResultCheck()
  /// Forward and backward passes, over all examples and radii.
  private(set) var passes = (forward: 0, backward: 0)
  /// How many times an example was attacked, counted over all radii.
  private(set) var attackedCount = 0

  /// An input on which the model failed.
  struct Breaking: Sendable {
    let input: Tensor
    let length: Double
  }

  /// What an attack is said to have done.
  ///
  /// - Parameter brokenAt: as ``brokenAt``.
  package init(name: String, role: AttackPlan.Role, radii: [Double], brokenAt: [Int?]) {
    self.name = name
    self.role = role
    self.radii = radii
    self.brokenAt = brokenAt
  }

  /// Attacks at every radius; what broke at one is not attacked at larger ones.
  ///
  /// - Parameters:
  ///   - before: attacks that ran before; what they broke is not attacked at that radius.
  ///   - brokenBefore: the index of the radius at which an earlier look broke each example; from there on
  ///     it is not attacked.
  init(
    _ entry: AttackPlan.Entry, norm: any Norm, radii: [Double], subject: Subject,
    after before: [RobustnessCurve] = [], brokenBefore: [Int?] = []
  ) throws {
    name = entry.name
    role = entry.role
    self.radii = radii
    brokenAt = subject.clean.correct.prefix(subject.attackedCount).map { $0 ? nil : -1 }
    let batch = subject.attackedBatch
    for (index, radius) in radii.enumerated() {
      let standing = brokenAt.indices.filter { example in
        brokenAt[example] == nil && !before.contains { $0.isBroken(example, at: index) }
          && !(brokenBefore.indices.contains(example)
            && brokenBefore[example].map { $0 <= index } ?? false)
      }
      if standing.isEmpty { continue }
      let ball = try Ball(norm, radius: radius, box: subject.box)
      let chosen = batch.selecting(standing)
      let result = try subject.engine.run(
        entry.make(radius), on: subject.target, chosen, within: ball, context: subject.context)
      take(result, of: standing, at: index)
      check = check + ResultCheck(result, on: batch.selecting(standing), within: ball)
    }
  }

  private mutating func take(_ result: AttackResult, of standing: [Int], at index: Int) {
    attackedCount += standing.count
    passes.forward += result.queries.reduce(0, +)
    passes.backward += result.gradients.reduce(0, +)
    for (row, example) in standing.enumerated() where result.success[row] {
      brokenAt[example] = index
      breaking[example] = Breaking(
        input: result.adversarial[row..<row + 1].copy(),
        length: result.distance[row] ?? radii[index])
    }
  }

  func isBroken(_ example: Int, at index: Int) -> Bool {
    brokenAt[example].map { $0 <= index } ?? false
  }

  /// The number of examples that this attack broke and none of some others did.
  func brokenAlone(at index: Int, against others: [RobustnessCurve]) -> Int {
    brokenAt.indices.filter { example in
      isBroken(example, at: index) && !others.contains { $0.isBroken(example, at: index) }
    }.count
  }

  /// The accuracy at a radius.
  func accuracy(at index: Int) -> Proportion {
    Proportion(brokenAt.indices.map { !isBroken($0, at: index) })
  }

  /// Whether each example stands some attacks at a radius.
  static func standing(_ curves: [RobustnessCurve], at index: Int) -> [Bool] {
    (curves.first?.brokenAt.indices).map { examples in
      examples.map { example in curves.allSatisfy { !$0.isBroken(example, at: index) } }
    } ?? []
  }

  /// Accuracy against radius, one curve an attack, from the clean accuracy on; of attacks that look only
  /// at what others left the accuracy after all of them.
  static func plot(_ curves: [RobustnessCurve], norm: String) throws -> Plot {
    try Plot.accuracy(
      title: "Accuracy against the size of the perturbation, \(norm)",
      against: "radius (\(norm), in units of the data)",
      curves.indices.map { number in
        let curve = curves[number]
        let shown = curve.role.looksAtAll ? [curve] : Array(curves[...number])
        let clean = Proportion(curve.brokenAt.map { $0 != -1 })
        let attacked = curve.radii.indices.map {
          (curve.radii[$0], Proportion(standing(shown, at: $0)))
        }
        return (
          curve.role.looksAtAll ? curve.name : "then \(curve.name)", [(0, clean)] + attacked
        )
      })
  }
}
