import Statistics
import Testing

@Suite("The mean ROC area over labels")
struct MeanROCAreaTests {
  /// Scores of labels that are there with probability ½ and move the score up.
  private func draw(
    _ labels: Int, _ count: Int, shift: Double = 1, seed: UInt64
  ) -> (scores: [[Double]], isPositive: [[Bool]]) {
    var generator = SplitMix(state: seed)
    func normal() -> Double {
      (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }
    let isPositive = (0..<labels).map { _ in
      (0..<count).map { _ in Bool.random(using: &generator) }
    }
    return (isPositive.map { $0.map { normal() + ($0 ? shift : 0) } }, isPositive)
  }

  @Test("of one label it is that label's, error and interval included")
  func single() throws {
    let (scores, isPositive) = draw(1, 60, seed: 1)
    let mean = try MeanROCArea(scores: scores, isPositive: isPositive)
    let own = try ROCArea(scores: scores[0], isPositive: isPositive[0])
    #expect(mean.area == own.area)
    #expect(abs(try #require(mean.standardError) - (try #require(own.standardError))) < 1e-14)
    let (left, right) = (try #require(try mean.interval()), try #require(try own.interval()))
    #expect(abs(left.low - right.low) < 1e-13 && abs(left.high - right.high) < 1e-13)
  }

  @Test("copies of a label add nothing; labels on disjoint examples add as independent ones do")
  func dependence() throws {
    let (scores, isPositive) = draw(1, 60, seed: 2)
    let one = try MeanROCArea(scores: scores, isPositive: isPositive)
    let three = try MeanROCArea(
      scores: [scores[0], scores[0], scores[0]],
      isPositive: [isPositive[0], isPositive[0], isPositive[0]])
    #expect(abs(three.area - one.area) < 1e-15)
    #expect(abs(try #require(three.standardError) - (try #require(one.standardError))) < 1e-14)
    // A label and its negation with the score turned round: the same area, the same examples.
    let turned = try MeanROCArea(
      scores: [scores[0], scores[0].map { -$0 }],
      isPositive: [isPositive[0], isPositive[0].map { !$0 }])
    #expect(abs(try #require(turned.standardError) - (try #require(one.standardError))) < 1e-14)
  }

  @Test("intervals cover the true mean area of independent labels as often as they say")
  func coverage() throws {
    // Normal scores one deviation apart: Φ(1/√2).
    let truth = 0.7602499389
    let covered = try (0..<400).filter { trial in
      let (scores, isPositive) = draw(5, 100, seed: UInt64(trial) + 10)
      let mean = try MeanROCArea(scores: scores, isPositive: isPositive)
      return try #require(try mean.interval()).contains(truth)
    }.count
    #expect(365...395 ~= covered, "\(covered) of 400")
  }

  @Test("labels of one value are left out and named")
  func leftOut() throws {
    var (scores, isPositive) = draw(3, 40, seed: 3)
    isPositive[1] = Array(repeating: true, count: 40)
    let mean = try MeanROCArea(scores: scores, isPositive: isPositive)
    #expect(mean.leftOut == [1] && mean.labels.map(\.index) == [0, 2])
    #expect(abs(mean.area - (mean.labels[0].area.area + mean.labels[1].area.area) / 2) < 1e-15)
    let none = Array(repeating: Array(repeating: false, count: 40), count: 3)
    #expect(throws: StatisticsError.self) { try MeanROCArea(scores: scores, isPositive: none) }
    #expect(throws: StatisticsError.self) {
      try MeanROCArea(scores: scores, isPositive: Array(isPositive[0..<2]))
    }
    scores[2][5] = .nan
    #expect(throws: StatisticsError.self) {
      try MeanROCArea(scores: scores, isPositive: isPositive)
    }
  }

  @Test("perfect ranking has an interval that still says something")
  func perfect() throws {
    let isPositive = [[true, true, true, false, false], [true, false, false, false, true]]
    let scores = isPositive.map { $0.map { $0 ? 1.0 : 0 } }
    let mean = try MeanROCArea(scores: scores, isPositive: isPositive)
    #expect(mean.area == 1 && mean.standardError == 0)
    let interval = try #require(try mean.interval())
    #expect(interval.low < 0.2 && interval.high == 1)
    let lonely = try MeanROCArea(scores: [[1, 0, 0]], isPositive: [[true, false, false]])
    #expect(try lonely.interval() == nil)
    #expect(lonely.standardError == nil)
  }
}
