import Audit
import Datasets
import Foundation
import Reports
import Testing
import Torch

@Suite("Confidence")
struct GradeTests {
  private func flag(_ id: String, _ check: String?, raised: Bool = true) throws -> Flag {
    try Flag(
      id: id, check: check, raised: raised, value: 1, meaning: "m", remedy: "do \(check ?? id)")
  }

  @Test("letters follow the weights of the checks, each counted once")
  func letters() throws {
    func letter(_ checks: String...) throws -> String {
      ConfidenceGrade(try checks.enumerated().map { try flag("f.\($0)", $1) }).letter
    }
    #expect(try ConfidenceGrade([flag("a", "C2", raised: false)]).letter == "A")
    #expect(try letter("C7") == "B")
    #expect(try letter("C7", "C7", "C7") == "B")
    #expect(try letter("A1") == "C")
    #expect(try letter("A1", "C7") == "C")
    #expect(try letter("C2") == "D")
    #expect(try letter("C2", "A1") == "E")
    #expect(try letter("C2", "A5", "A1") == "F")
    #expect(try ConfidenceGrade([flag("outputs.not_finite", nil)]).weight == 2)
  }

  @Test("what to run next is said heaviest first, each remedy once")
  func next() throws {
    let grade = ConfidenceGrade([
      try flag("a", "C7"), try flag("b", "C2"), try flag("c", "C2"), try flag("d", "A1"),
    ])
    #expect(grade.next == ["do C2", "do A1", "do C7"])
  }

  @Test("healing climbs the margin where the cross-entropy is flat, and reports both numbers")
  func healing() throws {
    // So steep that the cross-entropy is flat at once: PGD and FGM have nothing to follow.
    let model = FlagTests.Model(output: { $0 * 1e4 })
    let subject = try Subject(
      name: "model", classifier: model, data: FlagTests.data(), settings: FlagTests.settings(),
      context: Context(seed: 4, workers: 2))
    let first = try Audit(probes: [
      ModelBehaviourProbe(), GradientHealthProbe(), RobustnessProbe(),
    ]).run(on: subject)
    let healed = try Audit().heal(first, on: subject)
    let healing = try #require(healed.report.healing)
    #expect(healing.remedies.contains { $0.contains("margin") })
    #expect(healing.resolved.map(\.text).contains("attack.unbounded_fails.linf"))
    #expect(healing.remaining.map(\.id.text).contains("gradients.zero"))
    let id = "evasion.robust_accuracy.linf.0.1"
    let before = try #require(healed.report.finding(id)?.value)
    let after = try #require(
      healed.report.finding(id.replacing("accuracy", with: "accuracy_healed"))?.value)
    #expect(after <= before)
    let distances = try FlagTests.data().inputs[0..<40]
    let scores = (distances - 0.5).matmul(Tensor([Float(6), 8])).abs()
    #expect(after == (scores / 14).greater(than: 0.1).to(.float64).mean().item)
  }

  @Test("an audit without raised flags is left as it is")
  func nothingToHeal() throws {
    let subject = try Subject(
      name: "model", classifier: FlagTests.Model(), data: FlagTests.data(),
      settings: FlagTests.settings(), context: Context(seed: 4, workers: 2))
    let first = try Audit(probes: [RobustnessProbe()]).run(on: subject)
    #expect(first.report.confidence.letter == "A")
    #expect(try Audit().heal(first, on: subject).report.healing == nil)
  }
}

@Suite("Self-test")
struct SelfTestTests {
  @Test(
    "every broken control is caught, and sound ones are not",
    .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil))
  func controls() throws {
    // Threads inside of operators wait for each other on a busy machine.
    IntraOperatorThreads.set(1)
    let cache = FileManager.default.temporaryDirectory.appending(path: "selftest-\(UUID())")
    defer { try? FileManager.default.removeItem(at: cache) }
    let rows = try SelfTest(cache: cache, context: Context(seed: 0, workers: 4)).run()
    for row in rows {
      #expect(row.isPassed, "\(row.name): raised \(row.raised), had to \(row.mustRaise)")
    }
  }

  @Test(
    "healing brings broken models down to what stronger attacks leave",
    .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil))
  func healedControls() throws {
    // Threads inside of operators wait for each other on a busy machine.
    IntraOperatorThreads.set(1)
    let cache = FileManager.default.temporaryDirectory.appending(path: "selftest-\(UUID())")
    defer { try? FileManager.default.removeItem(at: cache) }
    let networks = ControlNetworks(cache: cache)
    for control in Controls.all where !control.isSound && !control.mustRaise.isEmpty {
      var settings = SelfTest.settings
      (settings.attackedCount, settings.probedCount) = (40, 20)
      let subject = try Subject(
        name: control.name, classifier: try control.classifier(from: networks),
        data: try networks.testData(count: 200), settings: settings,
        context: Context(seed: 0, workers: 4))
      let probes: [any Probe] = [
        AccuracyProbe(), ModelBehaviourProbe(), GradientHealthProbe(), RobustnessProbe(),
      ]
      let first = try Audit(probes: probes).run(on: subject)
      let report = try Audit().heal(first, on: subject).report
      let healing = try #require(report.healing)
      let values = report.findings.filter { $0.id.text.hasPrefix("evasion.") }.compactMap(\.value)
      print(control.name, values, report.confidence.letter, healing.summary)
      #expect(values.count == 2 && (control.name == "noisy input" || values[1] <= values[0]))
    }
  }

  @Test("a row passes when all that must be raised is, and nothing on a sound model")
  func rows() throws {
    func row(_ raised: [String], mustRaise: [String], isSound: Bool) throws -> SelfTestRow {
      SelfTestRow(
        name: "control", summary: "", mustRaise: mustRaise, isSound: isSound,
        flags: try raised.enumerated().map { number, check in
          try Flag(
            id: "f.\(number)", check: check, raised: true, value: 1, meaning: "", remedy: "")
        }, accuracies: [("fgm", 0.5)], agreement: 1)
    }
    #expect(try row(["A1", "C10", "C2"], mustRaise: ["A1"], isSound: false).isPassed)
    #expect(
      try row(["C10", "A1", "C2"], mustRaise: [], isSound: false).raised == ["A1", "C2", "C10"])
    #expect(try !row([], mustRaise: ["A1"], isSound: false).isPassed)
    #expect(try !row(["C7"], mustRaise: [], isSound: true).isPassed)
    #expect(try row([], mustRaise: [], isSound: true).isPassed)
    #expect(try row([], mustRaise: [], isSound: true).cells.count == SelfTestRow.columns.count)
  }
}
