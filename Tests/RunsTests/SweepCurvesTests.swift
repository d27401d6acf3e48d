import Testing

@testable import Runs

@Suite("Learning curves of a sweep")
struct SweepCurvesTests {
  @Test("every variant is drawn once, baselines beside those that are compared with them")
  func groups() {
    let few = (0..<6).map { "v\($0)" }
    #expect(SweepCurves.groups(of: few) { _ in "v0" } == [few])
    let many = (0..<13).map { "v\($0)" }
    let groups = SweepCurves.groups(of: many) { $0 == "v0" ? nil : "v0" }
    #expect(
      groups == [
        ["v0", "v1", "v2", "v3", "v4", "v5"], ["v0", "v6", "v7", "v8", "v9", "v10"],
        ["v0", "v11", "v12"],
      ])
    #expect(SweepCurves.groups(of: []) { _ in nil }.isEmpty)
  }
}
