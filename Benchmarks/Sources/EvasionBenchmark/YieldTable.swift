import Audit
import Datasets
import Foundation
import Harness
import Networks
import Perturbations
import Torch

/// What share of the examples that still stand each attack of `fast` breaks in a second: the order of the
/// ensemble.
///
/// Greedy: the attack with the largest share a second on what stands goes first, and so on with the others.
struct YieldTable {
  let name: String
  let target: Target
  let batch: Batch
  let radius: Double
  let workers: Int

  private static let attacks: [(name: String, attack: any Attack)] = [
    ("apgd-ce", AutoProjectedGradient(steps: 50)),
    ("apgd-dlr", AutoProjectedGradient(steps: 50, loss: .differenceOfLogitsRatio)),
    ("square", Square(queries: 1000)),
  ]

  /// An undefended network and one that was trained against PGD, both on drawn digits and trained at the
  /// first use.
  static func ofControls(cache: URL, count: Int, workers: Int) throws -> [YieldTable] {
    let networks = ControlNetworks(cache: cache)
    let data = try networks.testData(count: count)
    let trainings: [(String, ReferenceModel.Training)] = [
      ("undefended, drawn digits", .clean),
      ("PGD-trained, drawn digits", .projected(radius: ControlNetworks.radius, steps: 7)),
    ]
    return try trainings.map { name, training in
      YieldTable(
        name: name, target: Target(try networks.network(training)),
        batch: data.batch(Array(0..<data.count)), radius: ControlNetworks.radius, workers: workers)
    }
  }

  /// What an attack did to the examples that stood.
  private struct Outcome {
    let name: String
    let broken: Set<Int>
    let seconds: Double
    let standing: Int

    var share: Double { Double(broken.count) / Double(max(1, standing)) }
    var perSecond: Double { share / seconds }
  }

  /// Runs all attacks on what stands, takes the best, and goes on with the others.
  func report() throws {
    let ball = try Ball(LInf(), radius: radius, box: 0...1)
    let context = Context(seed: 0, workers: workers)
    let logits = try AttackEngine().logits(of: target, batch, context: context)
    let isRight = Target.isCorrect(logits, batch.labels).values(as: Bool.self)
    var standing = isRight.indices.filter { isRight[$0] }
    print("\n\(name), Linf \(radius): \(standing.count) of \(batch.count) are right clean")
    var left = Self.attacks
    while !left.isEmpty, !standing.isEmpty {
      let outcomes = try left.map { try outcome($0.name, $0.attack, standing, ball, context) }
      for outcome in outcomes {
        print(
          """
            of \(standing.count) standing, \(outcome.name) breaks \(outcome.broken.count) \
          (\(fixed(outcome.share * 100, 1)) %) in \(fixed(outcome.seconds, 2)) s: \
          \(fixed(outcome.perSecond * 100, 2)) % a second
          """)
      }
      // Where nothing breaks any longer, the quicker one.
      guard
        let best = outcomes.min(by: { ($1.perSecond, $0.seconds) < ($0.perSecond, $1.seconds) })
      else { return }
      print("  -> \(best.name)")
      standing.removeAll { best.broken.contains($0) }
      left.removeAll { $0.name == best.name }
    }
  }

  private func outcome(
    _ name: String, _ attack: any Attack, _ standing: [Int], _ ball: Ball, _ context: Context
  ) throws -> Outcome {
    var broken: Set<Int> = []
    let examples = batch.selecting(standing)
    let duration = try medianSeconds {
      let result = try AttackEngine().run(
        attack, on: target, examples, within: ball, context: context)
      broken = Set(zip(standing, result.success).filter(\.1).map(\.0))
    }
    return Outcome(name: name, broken: broken, seconds: duration, standing: standing.count)
  }
}
