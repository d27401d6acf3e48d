import Foundation
import Testing
import Torch

@testable import Perturbations

/// Attacks against the numbers of their authors' own code, and of Foolbox.
///
/// The reference leaves no example early, and returns the iterate with the largest loss (`adv`) and the
/// last one that was misclassified (`best_adv`).
@Suite("Golden attacks")
struct GoldenAttackTests {
  /// A run of APGD of the fixture.
  struct Run: Sendable, CustomTestStringConvertible {
    let name: String
    let norm: any Norm
    let radius: Double
    let loss: AttackLoss
    var dtype = DType.float64
    var tolerance = 1e-9
    var testDescription: String { name }
  }

  static let runs = [
    Run(name: "apgd-ce/Linf/n50/eps0.06", norm: LInf(), radius: 0.06, loss: .crossEntropy),
    Run(
      name: "apgd-dlr/Linf/n50/eps0.06", norm: LInf(), radius: 0.06,
      loss: .differenceOfLogitsRatio),
    Run(name: "apgd-ce/L2/n50/eps0.25", norm: L2(), radius: 0.25, loss: .crossEntropy),
    Run(
      name: "apgd-ce/L1/n50/eps0.8 (float32)", norm: L1(), radius: 0.8, loss: .crossEntropy,
      dtype: .float32, tolerance: 1e-5),
  ]

  static let targetedRuns = [
    Run(
      name: "apgd-t(rank2)/L2/n50/eps0.25", norm: L2(), radius: 0.25,
      loss: .differenceOfLogitsRatio),
    Run(
      name: "apgd-t(rank2)/L1/n50/eps0.8 (float32)", norm: L1(), radius: 0.8,
      loss: .differenceOfLogitsRatio, dtype: .float32, tolerance: 1e-5),
  ]

  @Test("APGD", arguments: runs)
  func automatic(_ run: Run) throws {
    let start = try start(run)
    let stored = try ToyNetwork.images("attacks", run.name, "x_init")
    let inputs = try ToyNetwork.batch(.float64).inputs
    #expect((inputs + start - stored).abs().max().item < 1e-8)
    let (peak, asked, success) = try ascend(run, from: start, towards: nil)
    try check(run, peak, success)
    let broken = try ToyNetwork.images("attacks", run.name, "best_adv")
    let labels = try ToyNetwork.batch(run.dtype).labels
    var last = asked.all[1]
    for inputs in asked.all.dropFirst() {
      let isWrong = Target.isCorrect(try ToyNetwork.target(run.dtype).logits(inputs), labels).not()
      last = inputs.where(isWrong.reshaped([-1, 1, 1, 1]), else: last)
    }
    #expect((last.to(.float64) - broken).abs().max().item < run.tolerance)
  }

  @Test("APGD towards the second likeliest class", arguments: targetedRuns)
  func targeted(_ run: Run) throws {
    let classes = try ToyNetwork.golden("attacks", run.name, "y_target").to(.int64)
    let (peak, _, success) = try ascend(run, from: try start(run), towards: classes)
    try check(run, peak, success)
  }

  /// Where the runs of the fixture start, at half the radius: by the formula, since the fixture keeps nine
  /// digits.
  private func start(_ run: Run) throws -> Tensor {
    let pattern = Tensor((0..<16).map { sin(3.3 * Double($0) + 0.4) }, shape: [1, 1, 4, 4])
    let direction = run.norm is LInf ? pattern.sign() : run.norm.normalised(pattern)
    return (direction * (run.radius / 2)).expanded([8, 1, 4, 4])
  }

  private func ascend(
    _ run: Run, from start: Tensor, towards classes: Tensor?
  ) throws -> (Peak?, AskedInputs, [Bool]) {
    let asked = AskedInputs()
    let batch = try ToyNetwork.batch(run.dtype)
    var search = try Search(
      asked.listening(to: ToyNetwork.target(run.dtype)), batch,
      within: Ball(run.norm, radius: run.radius, box: 0...1), stopsEarly: false)
    if let classes { search.head(for: classes) }
    let ascent = AdaptiveAscent(steps: 50, rho: 0.75, largerRadiiFirst: false, loss: run.loss)
    let peak = try ascent.climb(
      &search, "unused", Context(), start: start.to(run.dtype))
    return (peak, asked, search.result().success)
  }

  private func check(_ run: Run, _ peak: Peak?, _ success: [Bool]) throws {
    let peak = try #require(peak)
    let reached = try ToyNetwork.batch(run.dtype).inputs + peak.points
    let expected = try ToyNetwork.images("attacks", run.name, "adv")
    let difference = (reached.to(.float64) - expected).abs().flattened(from: 1).max(along: 1)
    #expect(difference.max().item < run.tolerance, "\(difference.values(as: Double.self))")
    // In single precision the ratio of logits is steep: 1e-6 in the inputs is 5e-5 in it.
    let losses = try ToyNetwork.golden("attacks", run.name, "loss_best")
    let lossDifference = (peak.losses.to(.float64) - losses).abs()
    #expect(
      lossDifference.max().item < (run.dtype == .float32 ? 1e-4 : run.tolerance),
      "\(lossDifference.values(as: Double.self))")
    let stands = try ToyNetwork.golden("attacks", run.name, "acc").values(as: Double.self)
    #expect(success == stands.map { $0 == 0 })
  }

  // Foolbox adds up the signs of gradients, and its steps were a fifth of the radius also where the
  // fixture says a tenth.
  @Test(
    "attacks of fixed steps end where Foolbox ends",
    arguments: [
      ("foolbox fgsm/Linf eps0.06", "fgm", "linf", 0.06, [:]),
      ("foolbox fgm/L2 eps0.25", "fgm", "l2", 0.25, [:]),
      ("foolbox bim10/Linf rel.2 eps0.06", "bim", "linf", 0.06, ["stopsEarly": "false"]),
      (
        "foolbox mifgsm10/Linf mu1 rel.1 eps0.06", "mim", "linf", 0.06,
        ["stopsEarly": "false", "summand": "steps", "relativeStepSize": "0.2"]
      ),
    ])
  func fixedSteps(
    _ name: String, _ attack: String, _ norm: String, _ radius: Double, _ settings: [String: String]
  ) throws {
    let asked = AskedInputs()
    var attack = try Attacks.named(attack)
    for (option, value) in settings { attack = try attack.setting(option, to: value) }
    let result = try attack.run(
      on: asked.listening(to: ToyNetwork.target(.float64)), ToyNetwork.batch(.float64),
      within: Ball(try Norms.named(norm), radius: radius, box: 0...1), context: Context())
    let expected = try ToyNetwork.images("attacks", name, "adv")
    let last = try #require(asked.all.last)
    #expect((last - expected).abs().max().item < 1e-6)
    let predicted = try ToyNetwork.golden("attacks", name, "pred")
    let labels = try ToyNetwork.golden("y")
    for (isBroken, isWrong) in zip(
      result.success, predicted.notEqual(to: labels).values(as: Bool.self)) where isWrong
    {
      #expect(isBroken)
    }
  }

  @Test("the nearest point of ball and box in L1")
  func boxProjection() throws {
    let perturbation = try ToyNetwork.golden("l1box_projection", "perturbation")
    let radius = try ToyNetwork.golden("l1box_projection", "eps").item
    let inputs = try ToyNetwork.batch(.float64).inputs.flattened(from: 1)
    let room = Room(around: inputs, in: try Ball(L1(), radius: radius, box: 0...1))
    let projected = L1().project(perturbation, radius: radius, within: room)
    let expected = try ToyNetwork.golden("l1box_projection", "result_total_perturbation")
    #expect((projected - expected).abs().max().item < 1e-6)
  }
}
