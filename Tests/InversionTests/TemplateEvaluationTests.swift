import Foundation
import Inversion
import Statistics
import Testing
import Torch

@Suite("Success of reconstructions")
struct TemplateEvaluationTests {
  /// Three people at 0, 90 and 200 degrees, with two other images each.
  private func targets() throws -> TemplateTargets {
    try TemplateTargets(
      images: Laboratory.images([0, 90, 200, 10, 100, 210, -10, 80, 190]),
      identities: [4, 5, 6, 4, 5, 6, 4, 5, 6])
  }

  private func evaluation(_ thresholds: SystemThresholds) throws -> TemplateEvaluation {
    try TemplateEvaluation(Laboratory.identity(), targets: targets(), thresholds: thresholds)
  }

  private func degrees(_ angle: Double) -> Double { cos(angle * .pi / 180) }

  @Test("the first image of everybody is the stolen one")
  func split() throws {
    let targets = try targets()
    #expect(targets.count == 3 && targets.identities == [4, 5, 6])
    #expect(targets.otherIdentities == [4, 5, 6, 4, 5, 6])
    #expect(throws: InversionError.tooFew("other images of identity 5", count: 0, least: 1)) {
      try TemplateTargets(images: Laboratory.images([0, 90, 10]), identities: [4, 5, 4])
    }
  }

  @Test("type I and type II, counted by hand")
  func counted() throws {
    // Accepts within 12 degrees, and within 25.
    let evaluation = try evaluation(Laboratory.thresholds(degrees(12), degrees(25)))
    let row = try evaluation.row("attack", Reconstructions(Laboratory.images([5, 101, 260])))
    #expect(row.selection == .all && row.encoder == "pixels" && row.successes.count == 2)
    let (near, far) = (row.successes[0], row.successes[1])
    #expect(near.typeOne?.means == [4: 1, 5: 1, 6: 0])
    // 5 is within 12 of 10 alone, 101 of 100 alone.
    #expect(near.typeTwo.means == [4: 0.5, 5: 0.5, 6: 0])
    #expect(far.typeOne?.means == [4: 1, 5: 1, 6: 0])
    #expect(far.typeTwo.means == [4: 1, 5: 1, 6: 0])
    #expect(abs(far.typeTwo.value - 2.0 / 3) < 1e-12)
    #expect(far.typeTwo.interval.contains(far.typeTwo.value))
    let genuine = try evaluation.genuine()
    #expect(genuine.successes.allSatisfy { $0.typeOne == nil && $0.typeTwo.value == 1 })
    #expect(
      try self.evaluation(Laboratory.thresholds(degrees(9))).genuine()
        .successes[0].typeTwo.value == 0)
  }

  @Test("people count alike, however many reconstructions each has")
  func people() throws {
    let evaluation = try evaluation(Laboratory.thresholds(degrees(12)))
    let row = try evaluation.row(
      "attack",
      Reconstructions(Laboratory.images([0, 90, 90, 90, 50, 20]), targets: [0, 1, 1, 1, 1, 2]))
    #expect(row.successes[0].typeOne?.means == [4: 1, 5: 0.75, 6: 0])
    #expect(abs((row.successes[0].typeOne?.value ?? 0) - 1.75 / 3) < 1e-12)
  }

  @Test("strangers: the nearest is found, and random ones reach what their share is")
  func strangers() throws {
    let evaluation = try evaluation(Laboratory.thresholds(degrees(12)))
    let crowd = Laboratory.images([45, 8, 300, 140])
    let nearest = try evaluation.nearestPublic(crowd)
    // 8 for the first, 45 or 140 for the second and 140 for the third.
    #expect(nearest.successes[0].typeOne?.means == [4: 1, 5: 0, 6: 0])
    #expect(nearest.selection == .best(of: 4, by: "pixels"))
    let random = try evaluation.randomPublic(crowd, draws: 4000)
    #expect(abs((random.successes[0].typeOne?.means[4] ?? 0) - 0.25) < 0.03)
    #expect(random.successes[0].typeOne?.means[6] == 0)
    #expect(
      try evaluation.randomPublic(crowd, draws: 50) == evaluation.randomPublic(crowd, draws: 50))
  }

  @Test("lifts are person by person")
  func lift() throws {
    let evaluation = try evaluation(Laboratory.thresholds(degrees(12)))
    let attack = try evaluation.row("attack", Reconstructions(Laboratory.images([0, 90, 300])))
    let nearest = try evaluation.nearestPublic(Laboratory.images([45, 8, 300, 140]))
    let lift = try evaluation.lift(
      of: attack, over: nearest, atFalseMatchRate: 0.4, isTypeOne: true)
    #expect(abs(lift.value - 1.0 / 3) < 1e-12 && lift.interval.contains(lift.value))
    let none = try evaluation.lift(
      of: attack, over: attack, atFalseMatchRate: 0.4, isTypeOne: false)
    #expect(none.value == 0 && none.interval.width == 0)
    #expect(throws: InversionError.self) {
      try evaluation.lift(of: attack, over: nearest, atFalseMatchRate: 0.05, isTypeOne: true)
    }
    #expect(throws: InversionError.self) {
      try evaluation.lift(
        of: evaluation.genuine(), over: nearest, atFalseMatchRate: 0.4, isTypeOne: true)
    }
  }

  @Test("the best of several is chosen by the encoder that is named, and said")
  func best() throws {
    let evaluation = try evaluation(Laboratory.thresholds(degrees(12)))
    let made = try Reconstructions(
      Laboratory.images([60, 30, 5, 95, 0, 100, 190, 240, 0]),
      targets: [0, 0, 0, 1, 1, 1, 2, 2, 2])
    let best = try made.best(like: evaluation.templates, by: Laboratory.identity(name: "stolen"))
    #expect(best.selection == .best(of: 3, by: "stolen"))
    #expect("\(best.selection)" == "the best of 3 by similarity to stolen")
    let wanted = Laboratory.images([5, 95, 190])
    #expect((best.images - wanted).abs().max().item == 0 && best.targets == [0, 1, 2])
    #expect(try evaluation.row("attack", best).selection == best.selection)
    // Choosing by an encoder that sees nothing but the second pixel chooses others.
    let blind = FunctionEncoder(name: "blind", inputShape: [1, 1, 2], templateWidth: 2) {
      $0.flattened(from: 1) * Tensor([0.001, -1])
    }
    let other = try made.best(like: evaluation.templates, by: blind)
    #expect((other.images - wanted).abs().max().item > 0.1)
    #expect(throws: InversionError.self) {
      try Reconstructions(Laboratory.images([0, 1, 2]), targets: [0, 0, 1])
        .best(like: evaluation.templates, by: blind)
    }
    #expect(throws: InversionError.templateWidth(encoder: "blind", width: 3, expected: 2)) {
      try made.best(like: .ones([3, 3]), by: blind)
    }
    #expect(throws: InversionError.zeroTemplate(encoder: "blind", index: 0)) {
      try made.best(like: .zeros([3, 2]), by: blind)
    }
  }

  @Test("thresholds come from the impostor pairs of other people, and say when these are few")
  func thresholds() throws {
    // Six people with two images each, all images 30 degrees apart: 60 impostor pairs.
    let degrees = (0..<12).map { Double($0) * 30 }
    let people = (0..<12).map { $0 / 2 }
    let thresholds = try SystemThresholds(
      Laboratory.identity(), images: Laboratory.images(degrees), identities: people)
    #expect(thresholds.identityCount == 6 && thresholds.thresholds.count == 3)
    #expect(thresholds.thresholds.allSatisfy { $0.impostorPairs == 60 })
    // Six pairs of neighbours that are not of one person; more than a tenth would be taken with any other.
    #expect(abs(thresholds.thresholds[0].value - self.degrees(60)) < 1e-6)
    #expect(thresholds.thresholds[0].falseMatches == 6)
    #expect(thresholds.thresholds[2].falseMatches == 0)
    #expect(thresholds.warnings.count == 3)
    #expect(thresholds.warnings[0].contains("60 impostor pairs"))
    #expect(throws: StatisticsError.self) {
      try SystemThresholds(
        Laboratory.identity(), images: Laboratory.images([0, 1]), identities: [3, 3])
    }
  }

  @Test("targets without a reconstruction and reconstructions without a target are refused")
  func refusals() throws {
    let evaluation = try evaluation(Laboratory.thresholds(0.5))
    #expect(
      throws: InversionError.tooFew("targets with a reconstruction", count: 2, least: 3)
    ) {
      try evaluation.row("attack", Reconstructions(Laboratory.images([0, 1])))
    }
    #expect(throws: InversionError.self) {
      try evaluation.row("attack", Reconstructions(Laboratory.images([0, 1, 2, 3])))
    }
    #expect(throws: InversionError.self) {
      try Reconstructions(Laboratory.images([0, 1]), targets: [0])
    }
    #expect(throws: InversionError.zeroTemplate(encoder: "pixels", index: 1)) {
      try evaluation.row(
        "attack",
        Reconstructions(
          .concatenated([Laboratory.images([0]), .zeros([2, 1, 1, 2], dtype: .float64)])))
    }
  }
}
