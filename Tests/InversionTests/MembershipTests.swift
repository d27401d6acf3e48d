import Datasets
import Foundation
import Inversion
import Statistics
import Testing
import Torch

@Suite("Membership inference: scores and ratios")
struct MembershipTests {
  private func normals(_ count: Int, mean: Double, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: "scores")
    return (0..<count).map { _ in mean + stream.normal() }
  }

  private func judged(
    _ members: [Double], _ others: [Double], rates: [Double] = MembershipScores.standardRates
  ) throws -> MembershipScores {
    var stream = RandomStream(seed: 0, purpose: "judged")
    return try MembershipScores(
      "test", members: members, others: others, rates: rates,
      bootstrap: Bootstrap(.percentile, resamples: 100), using: &stream)
  }

  @Test("scores equal an independent implementation, also for very sure predictions")
  func golden() throws {
    let golden = try MeasureGolden.load().membership
    let logits = Tensor(golden.logits, shape: [golden.labels.count, golden.classes])
    for score in MembershipScore.allCases {
      let expected = try #require(golden.scores[score.rawValue])
      #expect(areClose(try score.scores(of: logits, labels: golden.labels), expected, 1e-9))
    }
    // Softmax of both rows is 1 in float64; their logarithms still differ.
    let sure = Tensor([50.0, 0, 60, 0], shape: [2, 2])
    let scaled = try MembershipScore.scaledConfidence.scores(of: sure, labels: [0, 0])
    #expect(areClose(scaled, [50, 60], 1e-12))
    let wrong = try MembershipScore.modifiedEntropy.scores(of: sure, labels: [1, 1])
    let right = try MembershipScore.modifiedEntropy.scores(of: sure, labels: [0, 0])
    #expect(wrong[0] < -40 && right[0] > -1e-9)
    let entropy = try MembershipScore.entropy.scores(of: sure, labels: [1, 1])
    #expect(entropy[0] > -1e-9, "the entropy does not know the label")
    for (labels, logits) in [([0], sure), ([0, 2], sure), ([0, 0], sure * .infinity)] {
      #expect(throws: InversionError.self) {
        try MembershipScore.loss.scores(of: logits, labels: labels)
      }
    }
  }

  @Test("the area and the rates of two normal distributions")
  func normal() throws {
    let shift = 1.5
    let scores = try judged(
      normals(4000, mean: shift, seed: 1), normals(4000, mean: 0, seed: 2), rates: [0.01, 0.1])
    let area = NormalDistribution.cumulative(shift / 2.0.squareRoot())
    #expect(abs(scores.area.area - area) < 0.01)
    #expect(scores.areaInterval?.contains(area) == true)
    for rate in scores.rates {
      let expected = NormalDistribution.cumulative(
        shift + NormalDistribution.quantile(rate.falsePositiveRate))
      #expect(rate.interval.contains(expected), "\(rate)")
      #expect(abs(rate.value - expected) < 0.06 && rate.warning == nil)
    }
    let advantage = 2 * NormalDistribution.cumulative(shift / 2) - 1
    #expect(abs(scores.advantage - advantage) < 0.02)
    #expect(scores.rate(atFalsePositiveRate: 0.1)?.value == scores.rates[1].value)
    #expect(scores.rate(atFalsePositiveRate: 0.2) == nil)
  }

  @Test("rates by counting, ties, infinities and too few others")
  func counted() throws {
    let scores = try judged(
      [5, 4, 3, 3, -.infinity], [3, 2, 1, 0, .infinity, 0, 0, 0, 0, 0], rates: [0.1, 0.2, 0.001])
    // One other may be called a member: the infinite one. 3 ties with the next and is refused with it.
    #expect(scores.rates.map(\.value) == [0.4, 0.8, 0])
    #expect(scores.rates.allSatisfy { $0.warning != nil } && scores.warnings.count == 3)
    #expect(scores.rates.allSatisfy { $0.interval.contains($0.value) })
    // Who is tied at infinity is refused together, too.
    let tied = try judged(
      [.infinity, .infinity, 1, 0, 0], [.infinity, .infinity, 0, 0, 0, 0, 0, 0, 0, 0],
      rates: [0.1, 0.2])
    #expect(tied.rates.map(\.value) == [0, 0.6])
    // None of five found: the interval still does not end at 0.
    #expect(scores.rates[2].interval.high > 0.4)
    #expect(throws: StatisticsError.self) { try self.judged([], [1]) }
    #expect(throws: StatisticsError.self) { try self.judged([.nan], [1]) }
    #expect(throws: StatisticsError.self) { try self.judged([1], [1], rates: [0]) }
  }

  @Test("likelihood ratios equal an independent implementation")
  func ratios() throws {
    let golden = try MeasureGolden.load().ratio
    func scores(
      _ form: LikelihoodRatio.Form, _ spread: LikelihoodRatio.Spread
    ) throws -> LikelihoodRatio {
      try LikelihoodRatio(
        target: golden.target, shadows: golden.shadows, isIn: golden.isIn, form: form,
        spread: spread)
    }
    #expect(areClose(try scores(.online, .example).scores, golden.online, 1e-9))
    #expect(areClose(try scores(.offline, .example).scores, golden.offline, 1e-9))
    #expect(areClose(try scores(.online, .shared).scores, golden.sharedOnline, 1e-9))
    #expect(areClose(try scores(.offline, .shared).scores, golden.sharedOffline, 1e-9))
    #expect(try scores(.online, .automatic).spread == .shared)
  }

  @Test("for known normal distributions the ratio is the best test, where a threshold is none")
  func knownNormals() throws {
    // Examples differ in how easy they are by far more than membership moves them.
    let count = 600
    let easy = normals(count, mean: 0, seed: 3).map { 10 * $0 }
    let isIn = try ShadowModels.halves(models: 80, examples: count, seed: 4)
    let shadows = isIn.enumerated().map { model, members in
      zip(normals(count, mean: 0, seed: UInt64(100 + model)), zip(easy, members)).map {
        $0 + $1.0 + ($1.1 ? 2 : 0)
      }
    }
    let members = (0..<count).map { $0 < count / 2 }
    let target = zip(normals(count, mean: 0, seed: 5), zip(easy, members)).map {
      $0 + $1.0 + ($1.1 ? 2 : 0)
    }
    func area(_ scores: [Double]) throws -> Double {
      try ROCArea(scores: scores, isPositive: members).area
    }
    // Equal deviations: the ratio orders by φ - μ, two normals two apart.
    let best = NormalDistribution.cumulative(2 / 2.0.squareRoot())
    let models = try ShadowModels(isIn: isIn, scores: shadows)
    for form in LikelihoodRatio.Form.allCases {
      let ratio = try models.ratio(of: target, form: form)
      #expect(ratio.spread == .example)
      #expect(abs(try area(ratio.scores) - best) < 0.035, "\(form)")
    }
    // The threshold's area would be Φ(2 / √202) = 0.556 on more examples.
    #expect(try area(target) < 0.65)
    let exact = (target[0] - easy[0] - 1) * 2
    let online = try models.ratio(of: target, spread: .shared).scores[0]
    #expect(abs(online - exact) < 1.5)
  }

  @Test("halves: every example in exactly half of the models, and refusals")
  func halves() throws {
    let isIn = try ShadowModels.halves(models: 6, examples: 11, seed: 1)
    #expect((0..<11).allSatisfy { example in isIn.count { $0[example] } == 3 })
    #expect(try ShadowModels.halves(models: 4, examples: 11, seed: 1) == Array(isIn.prefix(4)))
    #expect(Set(isIn).count == 6)
    for models in [0, 1, 3] {
      #expect(throws: InversionError.self) {
        try ShadowModels.halves(models: models, examples: 11, seed: 1)
      }
    }
    let one = [[1.0, 2]]
    #expect(throws: InversionError.self) {
      try LikelihoodRatio(target: [1, 2], shadows: one, isIn: [[true, true]])
    }
    #expect(throws: InversionError.self) {
      try LikelihoodRatio(target: [1], shadows: one, isIn: [[true, false]])
    }
    #expect(throws: InversionError.self) {
      try LikelihoodRatio(
        target: [1, .nan], shadows: one + one,
        isIn: isIn.prefix(2).map {
          Array($0.prefix(2))
        })
    }
    // One model of each kind has no spread of its own, nor all of them together.
    #expect(throws: InversionError.self) {
      try LikelihoodRatio(
        target: [1, 2], shadows: one + one, isIn: [[true, false], [false, true]])
    }
  }
}
