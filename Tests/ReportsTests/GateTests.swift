import Foundation
import Reports
import Testing

@Suite struct GateTests {
  private func findings() throws -> [Finding] {
    [
      try Finding(id: "accuracy.clean", title: "Clean", value: 0.9),
      try Finding(id: "evasion.robust_accuracy.linf.0.1", title: "Robust", value: 0.5),
      try Finding(id: "calibration.ece", title: "ECE", value: 0.06, better: .lower),
      try Finding(id: "smoothness.lds", title: "LDS", value: .nan),
    ]
  }

  @Test(arguments: [
    ("evasion.robust_accuracy.linf.0.1=0.5", Gate.Side.under, true),
    ("evasion.robust_accuracy.linf.0.1=0.500001", .under, false),
    (" accuracy.clean = 9e-1 ", .under, true),
    ("calibration.ece=0.06", .over, true),
    ("calibration.ece=0.05", .over, false),
    ("smoothness.lds=0", .under, false),
    ("smoothness.lds=0", .over, false),
  ])
  func outcomes(text: String, side: Gate.Side, passes: Bool) throws {
    let gate = try Gate(parsing: text, side: side)
    let outcomes = try Gate.outcomes(of: [gate], in: findings())
    #expect(outcomes.map(\.passed) == [passes])
  }

  @Test(arguments: ["", "accuracy.clean", "=0.5", "Accuracy=0.5", "accuracy..clean=1"])
  func refusesForms(text: String) {
    #expect(throws: GateError.form(text: text, side: .under)) {
      try Gate(parsing: text, side: .under)
    }
  }

  @Test(arguments: ["half", "", "nan", "inf", "0,5", "0.5=1"])
  func refusesBounds(bound: String) {
    #expect(throws: GateError.bound(text: bound, id: "accuracy.clean", side: .over)) {
      try Gate(parsing: "accuracy.clean=\(bound)", side: .over)
    }
  }

  @Test func unknownFindingsAreNamedWithTheNearest() throws {
    let gate = try Gate(parsing: "evasion.robust_acuracy.linf.0.1=0.5", side: .under)
    let error = try #require(throws: GateError.self) {
      try Gate.outcomes(of: [gate], in: findings())
    }
    #expect(
      error.errorDescription
        == "--fail-under names the finding \"evasion.robust_acuracy.linf.0.1\", "
        + "which this audit does not have")
    #expect(error.recoverySuggestion == "did you mean \"evasion.robust_accuracy.linf.0.1\"?")
  }

  @Test func appliedGatesDecideVerdicts() throws {
    var report = try Sample.report()
    let gates = try [
      "evasion.robust_accuracy.linf.0.1=0.5", "evasion.robust_accuracy.linf.0.1=0.1",
    ].map { try Gate(parsing: $0, side: .under) }
    let outcomes = try report.apply(gates)
    #expect(outcomes.map(\.passed) == [false, true])
    let finding = try #require(report.finding("evasion.robust_accuracy.linf.0.1"))
    #expect(finding.verdict == .fail)
    #expect(finding.threshold == 0.5)
    let summary = ReportSummary(report)
    #expect(summary.verdict == .fail)
    #expect(summary.headline == "1 of 2 thresholds not met")
    #expect(summary.line.contains("not met: evasion.robust_accuracy.linf.0.1"))
  }

  @Test func suggestionsAreNearOrNone() {
    let names = ["training", "tuning", "audit"]
    #expect(Suggestion.nearest(to: "traning", in: names) == "training")
    #expect(Suggestion.nearest(to: "audti", in: names) == "audit")
    #expect(Suggestion.nearest(to: "completely-else", in: names) == nil)
    #expect(Suggestion.nearest(to: "", in: [String]()) == nil)
  }
}
