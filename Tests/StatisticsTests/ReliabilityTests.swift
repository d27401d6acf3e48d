import Statistics
import Testing

@Suite struct ReliabilityTests {
  @Test func errorByHand() throws {
    // Two bins: (0, 0.5] holds 0.4 right and 0.5 wrong; (0.5, 1] holds 0.8 right and 1.0 right.
    let reliability = try Reliability(
      confidences: [0.4, 0.5, 0.8, 1.0], correct: [true, false, true, true], bins: 2)
    #expect(reliability.bins.map(\.count) == [2, 2])
    #expect(abs(reliability.expectedCalibrationError - (0.5 * 0.05 + 0.5 * 0.1)) < 1e-15)
    #expect(abs(reliability.maximumCalibrationError - 0.1) < 1e-15)
  }

  @Test func edgesBelongToTheLowerBin() throws {
    let reliability = try Reliability(
      confidences: [0, 0.25, 0.26, 1], correct: [false, true, true, true], bins: 4)
    #expect(reliability.bins.map(\.count) == [2, 1, 0, 1])
    #expect(reliability.bins[2].confidence == nil)
    #expect(reliability.bins[2].accuracy == nil)
  }

  @Test func perfectCalibrationHasNoError() throws {
    let reliability = try Reliability(
      confidences: [Double](repeating: 0.75, count: 4), correct: [true, true, true, false])
    #expect(reliability.expectedCalibrationError < 1e-15)
  }

  @Test func rejectsBadEntries() {
    #expect(throws: StatisticsError.self) {
      try Reliability(confidences: [0.5, .nan], correct: [true, true])
    }
    #expect(throws: StatisticsError.self) { try Reliability(confidences: [1.2], correct: [true]) }
    #expect(throws: StatisticsError.self) { try Reliability(confidences: [0.5], correct: []) }
    #expect(throws: StatisticsError.self) { try Reliability(confidences: [], correct: []) }
    #expect(throws: StatisticsError.self) {
      try Reliability(confidences: [0.5], correct: [true], bins: 0)
    }
  }
}
