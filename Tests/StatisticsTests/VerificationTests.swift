import Foundation
import Statistics
import Testing

@Suite("Verification")
struct VerificationTests {
  typealias Pair = VerificationScores.Pair

  /// Pairs of scores only: each genuine pair is of an identity of its own.
  private func scores(genuine: [Double], impostor: [Double]) throws -> VerificationScores {
    try VerificationScores(
      genuine.enumerated().map { Pair(score: $1, first: $0, second: $0) }
        + impostor.map { Pair(score: $0, first: 0, second: 1) })
  }

  @Test("rates, counted by hand")
  func counted() throws {
    let scores = try scores(genuine: [0.9, 0.8, 0.5, 0.3], impostor: [0.6, 0.5, 0.2, 0.1, 0])
    #expect(scores.genuineCount == 4 && scores.impostorCount == 5)
    let curve = scores.curve
    #expect(curve.map(\.threshold) == [.infinity, 0.9, 0.8, 0.6, 0.5, 0.3, 0.2, 0.1, 0])
    #expect(curve.map(\.trueAcceptRate) == [0, 0.25, 0.5, 0.5, 0.75, 1, 1, 1, 1])
    #expect(curve.map(\.falseMatchRate) == [0, 0, 0, 0.2, 0.4, 0.4, 0.6, 0.8, 1])
    // The polygon meets TAR = 1 - FMR between (0.2, 0.5) and (0.4, 0.75).
    #expect(abs(scores.equalErrorRate - (0.2 + 0.2 * 0.3 / 0.45)) < 1e-12)
    #expect(scores.trueAcceptRate(atFalseMatchRate: 0) == 0.5)
    #expect(scores.trueAcceptRate(atFalseMatchRate: 0.19) == 0.5)
    #expect(scores.trueAcceptRate(atFalseMatchRate: 0.2) == 0.5)
    #expect(scores.trueAcceptRate(atFalseMatchRate: 0.4) == 1)
    let point = scores.rates(at: 0.5)
    #expect(point.falseMatchRate == 0.4 && point.trueAcceptRate == 0.75)
    #expect(try scores.threshold(atFalseMatchRate: 0.2).value == 0.5.nextUp)
    #expect(try scores.threshold(atFalseMatchRate: 1).value == 0)
  }

  @Test("pairs of one score are accepted together")
  func ties() throws {
    let same = try scores(genuine: [0.4, 0.4], impostor: [0.4, 0.4, 0.4])
    #expect(same.equalErrorRate == 0.5)
    #expect(same.trueAcceptRate(atFalseMatchRate: 0.99) == 0)
    #expect(same.trueAcceptRate(atFalseMatchRate: 1) == 1)
    let apart = try scores(genuine: [0.9, 0.8], impostor: [0.1])
    #expect(apart.equalErrorRate == 0 && apart.trueAcceptRate(atFalseMatchRate: 0) == 1)
    let reversed = try scores(genuine: [0.1], impostor: [0.9, 0.8])
    #expect(reversed.equalErrorRate == 1)
  }

  @Test("two Gaussians have the rates of their distributions")
  func gaussians() throws {
    for distance in [1.0, 2, 3] {
      let quantiles = (0..<4000).map { NormalDistribution.quantile((Double($0) + 0.5) / 4000) }
      let scores = try scores(genuine: quantiles.map { $0 + distance }, impostor: quantiles)
      let error = NormalDistribution.cumulative(-distance / 2)
      #expect(abs(scores.equalErrorRate - error) < 1e-3)
      for rate in [0.1, 0.01] {
        let accepted = NormalDistribution.cumulative(
          distance + NormalDistribution.quantile(rate))
        #expect(abs(scores.trueAcceptRate(atFalseMatchRate: rate) - accepted) < 2e-3)
        let threshold = try scores.threshold(atFalseMatchRate: rate)
        #expect(abs(threshold.value + NormalDistribution.quantile(rate)) < 0.02)
        #expect(scores.rates(at: threshold.value).falseMatchRate <= rate)
      }
    }
  }

  @Test("a threshold never accepts more than its share, and the next lower one would")
  func thresholds() throws {
    var generator = SplitMix(state: 3)
    for count in [1, 7, 30, 100, 333] {
      let impostors = (0..<count).map { _ in Double(Int.random(in: 0..<40, using: &generator)) }
      for rate in [0.001, 0.01, 0.1, 0.29, 0.5, 1] {
        let threshold = try VerificationThreshold(impostorScores: impostors, falseMatchRate: rate)
        let accepted = impostors.count { $0 >= threshold.value }
        #expect(accepted == threshold.falseMatches && threshold.impostorPairs == count)
        #expect(Double(accepted) <= rate * Double(count) + 1e-9)
        let lower = impostors.filter { $0 < threshold.value }.max()
        if let lower {
          let more = impostors.count { $0 >= lower }
          #expect(Double(more) > rate * Double(count))
        }
      }
    }
  }

  @Test("the rule of 30")
  func ruleOfThirty() throws {
    #expect(VerificationThreshold.pairsNeeded(falseMatchRate: 0.1) == 300)
    #expect(VerificationThreshold.pairsNeeded(falseMatchRate: 0.01) == 3000)
    #expect(VerificationThreshold.pairsNeeded(falseMatchRate: 0.001) == 30_000)
    #expect(VerificationThreshold.pairsNeeded(falseMatchRate: 0.07) == 429)
    let impostors = (0..<3000).map { Double($0) / 3000 }
    let enough = try VerificationThreshold(impostorScores: impostors, falseMatchRate: 0.01)
    #expect(enough.isSupported && enough.warning == nil && enough.falseMatches == 30)
    let few = try VerificationThreshold(impostorScores: impostors, falseMatchRate: 0.001)
    #expect(!few.isSupported && few.falseMatches == 3)
    #expect(few.warning?.contains("3000 impostor pairs") == true)
    #expect(few.warning?.contains("30000") == true)
  }

  /// Pairs of people with a few samples each, where some people are hard to recognise.
  private func crowd(hard: Int, of people: Int) throws -> VerificationScores {
    var generator = SplitMix(state: 8)
    var pairs: [Pair] = []
    for first in 0..<people {
      for _ in 0..<10 {
        let score = Double.random(in: 0.5...1, using: &generator) - (first < hard ? 0.6 : 0)
        pairs.append(Pair(score: score, first: first, second: first))
      }
      for second in 0..<first {
        for _ in 0..<4 {
          pairs.append(
            Pair(
              score: Double.random(in: 0...0.5, using: &generator), first: first, second: second))
        }
      }
    }
    return try VerificationScores(pairs)
  }

  @Test("intervals are over people, which are fewer than pairs")
  func intervals() throws {
    let scores = try crowd(hard: 5, of: 20)
    let reading = VerificationScores.Reading.trueAcceptRate(falseMatchRate: 0.05)
    #expect(scores.identityCount == 20)
    var generator = SplitMix(state: 1)
    let bootstrap = Bootstrap(.percentile, resamples: 400)
    let interval = try scores.interval(of: reading, bootstrap, using: &generator)
    // A quarter of the people is never recognised: the interval is that of 5 of 20, not of 50 of 200.
    #expect(interval.contains(scores.value(of: reading)))
    #expect(interval.width > 0.25 && interval.width < 0.5)
    var again = SplitMix(state: 1)
    #expect(try scores.interval(of: reading, bootstrap, using: &again) == interval)
    let corrected = try scores.interval(
      of: .equalErrorRate, Bootstrap(resamples: 200), using: &generator)
    #expect(corrected.contains(scores.equalErrorRate) && corrected.width > 0.05)
    let apart = try crowd(hard: 0, of: 12)
    let exact = try apart.interval(of: .equalErrorRate, bootstrap, using: &generator)
    // 1 - 0.025^(1/12): nobody of 12 is confused.
    #expect(exact.low == 0 && abs(exact.high - 0.26464847) < 1e-6)
    let accepted = try apart.interval(of: reading, bootstrap, using: &generator)
    #expect(abs(accepted.low - 0.73535153) < 1e-6 && accepted.high == 1)
  }

  @Test("the order of pairs and the names of people do not matter")
  func invariance() throws {
    let pairs = [
      Pair(score: 0.9, first: 0, second: 0), Pair(score: 0.4, first: 1, second: 1),
      Pair(score: 0.5, first: 0, second: 1), Pair(score: 0.1, first: 1, second: 0),
    ]
    let scores = try VerificationScores(pairs)
    let renamed = try VerificationScores(
      pairs.reversed().map {
        Pair(score: $0.score, first: 70 - $0.first, second: 70 - $0.second)
      })
    #expect(scores.curve == renamed.curve)
    #expect(scores.equalErrorRate == renamed.equalErrorRate)
  }

  @Test("what cannot be a curve is refused")
  func refusals() throws {
    #expect(throws: StatisticsError.tooFew(list: "genuine pairs", count: 0, least: 1)) {
      try scores(genuine: [], impostor: [0.1])
    }
    #expect(throws: StatisticsError.tooFew(list: "impostor pairs", count: 0, least: 1)) {
      try scores(genuine: [0.1], impostor: [])
    }
    #expect(throws: StatisticsError.self) { try scores(genuine: [.nan], impostor: [0.1]) }
    for rate in [0, -0.1, 1.1, .nan] {
      #expect(throws: StatisticsError.self) {
        try VerificationThreshold(impostorScores: [0.1], falseMatchRate: rate)
      }
    }
    #expect(throws: StatisticsError.tooFew(list: "impostor pairs", count: 0, least: 1)) {
      try VerificationThreshold(impostorScores: [], falseMatchRate: 0.1)
    }
  }
}
