import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Testing
import Torch

/// Checks that no attack here can raise, on results made for it; and on the true ones, which must not.
@Suite("Flags on results made for them")
struct MadeResultTests {
  private let radii = [0.05, 0.1]

  private func subject(
    _ model: FlagTests.Model = .init(), trainedAgainst: Set<String> = []
  ) throws -> Subject {
    try Subject(
      name: "model", classifier: model, data: FlagTests.data(), settings: FlagTests.settings(),
      context: Context(seed: 4, workers: 2), trainedAgainst: trainedAgainst)
  }

  /// A model that looks at one of the two features, and is wrong where the other one decides.
  private let halfWrong = FlagTests.Model(input: { $0 * Tensor([Float(1), 0]) })

  private func raised(_ flags: [Flag], _ check: String) -> Bool? {
    flags.first { $0.check == check }?.raised
  }

  private func outcome(
    _ entries: [AttackPlan.Entry]?, on subject: Subject
  ) throws -> RobustnessOutcome {
    let plan = entries.map { AttackPlan($0) } ?? AttackPlan(subject.settings, norm: LInf())
    return try RobustnessOutcome(plan, norm: LInf(), radii: radii, subject: subject)
  }

  private func outcomeFlags(
    _ outcome: RobustnessOutcome, _ subject: Subject, reported: [Double]? = nil
  ) throws -> [Flag] {
    try OutcomeChecks(
      outcome: outcome, subject: subject, reported: reported ?? outcome.reported
    ).flags()
  }

  private func bookkeeping(_ outcome: RobustnessOutcome, _ subject: Subject) throws -> [Flag] {
    try BookkeepingChecks(
      outcome: outcome, subject: subject, inputsBefore: subject.attackedBatch.inputs
    ).flags()
  }

  @Test("C12: single steps and noise alone, or nothing but what the model was trained against")
  func sameAsTraining() throws {
    let weak = [
      AttackPlan.Entry(name: "noise", role: .noise) { _ in UniformNoise(draws: 2) },
      AttackPlan.Entry(name: "fgm", role: .singleStep) { _ in FastGradient() },
    ]
    let pgd = AttackPlan.Entry(name: "pgd", role: .iterated) { _ in ProjectedGradient(steps: 3) }
    let square = AttackPlan.Entry(name: "square", role: .blackBox) { _ in Square(queries: 5) }
    func check(_ entries: [AttackPlan.Entry], trainedAgainst: Set<String>) throws -> Bool? {
      let subject = try subject(trainedAgainst: trainedAgainst)
      return raised(try outcomeFlags(outcome(entries, on: subject), subject), "C12")
    }
    #expect(try check(weak, trainedAgainst: []) == true)
    #expect(try check(weak + [pgd], trainedAgainst: []) == false)
    #expect(try check(weak + [pgd], trainedAgainst: ["pgd"]) == true)
    #expect(try check(weak + [pgd, square], trainedAgainst: ["pgd"]) == false)
  }

  @Test("C13: the least of several averages, and accuracy among correct examples alone")
  func worstCaseOfMeans() throws {
    let subject = try subject()
    // Each of two attacks breaks another half of the examples at the larger radius.
    let count = subject.attackedCount
    func curve(_ name: String, even: Bool) -> RobustnessCurve {
      RobustnessCurve(
        name: name, role: .iterated, radii: radii,
        brokenAt: (0..<count).map { $0.isMultiple(of: 2) == even ? 1 : nil })
    }
    let outcome = RobustnessOutcome(
      norm: LInf(), radii: radii, curves: [curve("a", even: true), curve("b", even: false)])
    #expect(outcome.reported == [1, 0])
    let sound = try outcomeFlags(outcome, subject)
    #expect(raised(sound, "C13") == false)
    let averaged = try outcomeFlags(outcome, subject, reported: [1, 0.5])
    #expect(raised(averaged, "C13") == true)
    #expect(averaged.first { $0.check == "C13" }?.value == 0.5)
    // What a first look broke may be missing from the second one: less is no mistake.
    #expect(raised(try outcomeFlags(outcome, subject, reported: [0.9, 0]), "C13") == false)
    // Of a model that is often wrong: the share among those it gets right is too large a number.
    let wrong = try self.subject(halfWrong)
    let honest = try self.outcome(nil, on: wrong)
    #expect(raised(try outcomeFlags(honest, wrong), "C13") == false)
    let clean = Double(wrong.clean.correct.prefix(count).filter { $0 }.count) / Double(count)
    #expect(clean < 0.9)
    #expect(
      raised(
        try outcomeFlags(honest, wrong, reported: honest.reported.map { $0 / clean }), "C13")
        == true)
  }

  @Test("E1: clean errors that count as standing")
  func cleanErrors() throws {
    let subject = try subject(halfWrong)
    #expect(raised(try bookkeeping(outcome(nil, on: subject), subject), "E1") == false)
    let forgetful = RobustnessOutcome(
      norm: LInf(), radii: radii,
      curves: [
        RobustnessCurve(
          name: "pgd", role: .iterated, radii: radii,
          brokenAt: (0..<subject.attackedCount).map { _ in nil })
      ])
    let flags = try bookkeeping(forgetful, subject)
    let errors = subject.clean.correct.prefix(subject.attackedCount).filter { !$0 }.count
    #expect(raised(flags, "E1") == true)
    #expect(flags.first { $0.check == "E1" }?.value == Double(errors * radii.count))
  }

  /// Says that it has spent nothing.
  private struct Silent: Attack {
    static let about = AttackDescription(
      name: "silent", summary: "", kind: .fixedBudget, norms: ["linf"], cost: "", source: "")
    static let options: [AttackOption<Silent>] = []

    func run(
      on target: Target, _ batch: Batch, within ball: Ball, context: Context
    ) throws -> AttackResult {
      var result = try ProjectedGradient(steps: 3).run(
        on: target, batch, within: ball, context: context)
      result.queries = result.queries.map { _ in 0 }
      return result
    }
  }

  @Test("E7: an attack that does not count its passes")
  func costs() throws {
    let subject = try subject()
    let silent = AttackPlan.Entry(name: "silent", role: .iterated) { _ in Silent() }
    let counted = AttackPlan.Entry(name: "pgd", role: .iterated) { _ in ProjectedGradient(steps: 3)
    }
    #expect(raised(try bookkeeping(outcome([silent], on: subject), subject), "E7") == true)
    #expect(raised(try bookkeeping(outcome([counted], on: subject), subject), "E7") == false)
  }

  @Test("B7: inputs outside of their range, divided twice, or normalised already")
  func ranges() throws {
    func flag(_ inputs: Tensor, _ box: ClosedRange<Double>?) throws -> Flag {
      try ModelBehaviourProbe.range(of: inputs, within: box)
    }
    let points = try FlagTests.data().inputs
    #expect(try !flag(points, 0...1).raised)
    let outside = try flag(points * 2, 0...1)
    #expect(outside.raised && (outside.value ?? 0) > 0.3 && (outside.value ?? 1) < 1)
    #expect(try flag(points / 255, 0...1).raised)
    #expect(try flag(points, nil).state == "not measured")
    // Pictures that somebody normalised have no limits, or those that were found.
    let pictures = points.reshaped([10, 1, 3, 4])
    #expect(try flag((pictures - 0.5) / 0.3, nil).raised)
    #expect(try flag((pictures - 0.5) / 0.3, -0.5 / 0.3...0.5 / 0.3).raised)
    #expect(try !flag(pictures, 0...1).raised)
    #expect(try !flag(pictures * 2 - 1, -1...1).raised)
  }
}
