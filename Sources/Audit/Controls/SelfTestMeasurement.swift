import Datasets
import Networks
import Perturbations
import Torch

/// The accuracy under single attacks, of examples that are classified correctly.
struct SelfTestMeasurement {
  private(set) var accuracies: [(attack: String, accuracy: Double)] = []

  init(_ subject: Subject, surrogate: any Classifier) throws {
    let norm = LInf()
    let correct = (0..<subject.attackedCount).filter { subject.clean.correct[$0] }
    guard !correct.isEmpty else { return }
    let batch = subject.attackedBatch.selecting(correct)
    func measure(_ name: String, _ attack: any Attack, radius: Double) throws {
      let ball = try Ball(norm, radius: radius, box: subject.box)
      let result = try subject.engine.run(
        attack, on: subject.target, batch, within: ball, context: subject.context)
      accuracies.append((name, result.robustAccuracy))
    }
    let radius = ControlNetworks.radius
    let plan = AttackPlan(subject.settings, norm: norm, surrogate: surrogate)
    for entry in plan.entries where entry.role != .noise {
      try measure(entry.name, entry.make(radius), radius: radius)
    }
    let everything = subject.unit
    var unbounded = AttackPlan.projected(subject.settings, radius: everything)
    unbounded.hasRandomStart = false
    try measure("pgd, full range", unbounded, radius: everything)
  }
}
