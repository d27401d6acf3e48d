import Foundation
import Statistics
import Testing

/// People whose pictures are points about a centre of their own, more or less scattered from person to
/// person.
private enum Crowd {
  static func normal(_ generator: inout SplitMix) -> Double {
    NormalDistribution.quantile(Double.random(in: 1e-12..<1, using: &generator))
  }

  static func scores(
    people: Int, pictures: Int, using generator: inout SplitMix
  ) throws -> VerificationScores {
    var points: [(person: Int, place: [Double])] = []
    for person in 0..<people {
      let centre = (0..<6).map { _ in normal(&generator) }
      let scatter = exp(0.3 * normal(&generator) - 0.6)
      for _ in 0..<pictures {
        points.append((person, centre.map { $0 + scatter * normal(&generator) }))
      }
    }
    var pairs: [VerificationScores.Pair] = []
    pairs.reserveCapacity(points.count * (points.count - 1) / 2)
    for (index, first) in points.enumerated() {
      for second in points[..<index] {
        var distance = 0.0
        for axis in 0..<6 {
          let difference = first.place[axis] - second.place[axis]
          distance += difference * difference
        }
        pairs.append(.init(score: -distance, first: first.person, second: second.person))
      }
    }
    return try VerificationScores(pairs)
  }
}

/// How often the intervals of rates over pairs hold the rate of a crowd without end, when people are drawn
/// and when pairs are taken for independent.
@Suite(
  "Coverage of verification rates",
  .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_COVERAGE"] != nil))
struct VerificationCoverageTests {
  @Test("drawing people covers, taking pairs for independent does not")
  func covers() async throws {
    let repetitions =
      ProcessInfo.processInfo.environment["TOUCHSTONE_REPETITIONS"].flatMap(Int.init) ?? 1000
    let readings: [VerificationScores.Reading] = [
      .equalErrorRate, .trueAcceptRate(falseMatchRate: 0.01),
    ]
    var generator = SplitMix(state: 77)
    let whole = try Crowd.scores(people: 900, pictures: 3, using: &generator)
    let truths = readings.map { whole.value(of: $0) }
    for (people, pictures) in [(20, 4), (50, 4)] {
      for (reading, truth) in zip(readings, truths) {
        for method in Bootstrap.Method.allCases {
          let simulation = CoverageSimulation(repetitions: repetitions)
          let share = try await simulation.share("verification \(people)") { generator in
            let scores = try Crowd.scores(people: people, pictures: pictures, using: &generator)
            return try scores.interval(
              of: reading, Bootstrap(method, resamples: 200), using: &generator
            ).contains(truth)
          }
          print(
            "verification: \(people) people, \(reading) \(truth), \(method.rawValue):",
            (share * 1000).rounded() / 10, "%")
          #expect(share > 0.85)
        }
        let naive = try await CoverageSimulation(repetitions: repetitions).share(
          "verification \(people)"
        ) { generator in
          let scores = try Crowd.scores(people: people, pictures: pictures, using: &generator)
          guard case .trueAcceptRate(let rate) = reading else { return false }
          let accepted = scores.trueAcceptRate(atFalseMatchRate: rate)
          return try Proportion(
            successes: Int((accepted * Double(scores.genuineCount)).rounded()),
            trials: scores.genuineCount
          ).wilson().contains(truth)
        }
        if reading != .equalErrorRate {
          print("verification: \(people) people, \(reading), pairs as independent:", naive)
          #expect(naive < 0.85)
        }
      }
    }
  }
}
