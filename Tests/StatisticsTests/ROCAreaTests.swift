import Foundation
import Statistics
import Testing

@Suite("The area under the ROC curve")
struct ROCAreaTests {
  /// Numbers of scikit-learn, as Scripts/fixtures/statistics_areas.py writes them.
  private struct Reference: Decodable {
    struct Area: Decodable {
      let scores: [Double]
      let labels: [Bool]
      let level, area, error, low, high: Double
    }
    let areas: [Area]
  }

  private func reference() throws -> [Reference.Area] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/statistics/areas.json")
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url)).areas
  }

  @Test("areas, DeLong's errors and intervals are those of scikit-learn and of all pairs")
  func references() throws {
    for reference in try reference() {
      let area = try ROCArea(scores: reference.scores, isPositive: reference.labels)
      #expect(abs(area.area - reference.area) < 1e-12)
      #expect(abs(try #require(area.standardError) - reference.error) < 1e-12)
      let interval = try #require(try area.interval(level: reference.level))
      #expect(abs(interval.low - reference.low) < 1e-9)
      #expect(abs(interval.high - reference.high) < 1e-9)
    }
  }

  @Test("turning the scores round turns the area round; only their order matters")
  func symmetries() throws {
    for reference in try reference() {
      let area = try ROCArea(scores: reference.scores, isPositive: reference.labels)
      let turned = try ROCArea(
        scores: reference.scores.map { -$0 }, isPositive: reference.labels)
      #expect(abs(area.area + turned.area - 1) < 1e-12)
      let stretched = try ROCArea(
        scores: reference.scores.map { exp($0) }, isPositive: reference.labels)
      #expect(stretched == area)
    }
  }

  @Test("equal scores are chance, and a perfect ranking is still uncertain")
  func ends() throws {
    let flat = try ROCArea(
      scores: [1, 1, 1, 1], isPositive: [true, false, true, false])
    #expect(flat.area == 0.5)
    let scores = [-Double.infinity, 1, 2, 3, 4, .infinity]
    let perfect = try ROCArea(
      scores: scores, isPositive: [false, false, false, true, true, true])
    #expect(perfect.area == 1)
    // Three pairs, all won: the lower end is 0.025 to the power of a third.
    let interval = try #require(try perfect.interval())
    #expect(abs(interval.low - pow(0.025, 1 / 3.0)) < 1e-12 && interval.high == 1)
    let single = try ROCArea(scores: [1, 2, 3], isPositive: [false, true, false])
    #expect(single.standardError == nil)
    #expect(try single.interval() == nil)
  }

  @Test("rejects what has no area")
  func errors() {
    #expect(throws: StatisticsError.tooFew(list: "positive examples", count: 0, least: 1)) {
      try ROCArea(scores: [1, 2], isPositive: [false, false])
    }
    #expect(throws: StatisticsError.tooFew(list: "negative examples", count: 0, least: 1)) {
      try ROCArea(scores: [1, 2], isPositive: [true, true])
    }
    #expect(throws: StatisticsError.self) {
      try ROCArea(scores: [1, .nan], isPositive: [true, false])
    }
    #expect(throws: StatisticsError.self) { try ROCArea(scores: [1], isPositive: [true, false]) }
    #expect(throws: StatisticsError.level(1)) {
      try ROCArea(scores: [1, 2], isPositive: [true, false]).interval(level: 1)
    }
  }
}
