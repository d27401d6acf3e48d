import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Losses of classifiers")
struct ClassifierLossTests {
  private let logits = Tensor([1.0, 5, 3, 2, 0, 0, 4, -1], shape: [2, 4])
  private let labels = Tensor([0, 2])

  private func slope(_ loss: ClassifierLoss) throws -> [Double] {
    try valueAndGradient(at: logits) {
      try loss.losses($0, labels: labels).sum()
    }.gradient.values()
  }

  @Test("cross-entropy, max-margin and top-k by hand, with their gradients")
  func closedForms() throws {
    let entropy = try ClassifierLoss.crossEntropy.losses(logits, labels: labels)
    #expect(
      areClose(
        entropy.values(),
        [log(exp(1) + exp(5) + exp(3) + exp(2)) - 1, log(2 + exp(4) + exp(-1)) - 4]))
    let single = try ClassifierLoss.maxMargin.losses(logits, labels: labels)
    #expect(single.values() == [4.0, -4.0])
    let two = TopRivals(.fixed(2))
    #expect(try two.losses(logits, labels: labels).values() == [3.0, -4.0])
    #expect(try TopRivals(.fixed(3)).losses(logits, labels: labels)[0].item == 10 / 3.0 - 1)
    #expect(try slope(.rivals(two)) == [-1, 0.5, 0.5, 0, 0.5, 0.5, -1, 0])
    let most = TopRivals(.fixed(2), reduction: .max)
    #expect(try most.losses(logits, labels: labels).values() == [4.0, -4.0])
    let bounded = try ClassifierLoss.boundedRivals(two, margin: 1).losses(logits, labels: labels)
    #expect(areClose(bounded.values(), [log1p(exp(4)), log1p(exp(-3))]))
    // The best logit may be the wanted one: it is no rival of itself.
    #expect(try slope(.maxMargin)[6] == -1)
  }

  @Test("which of them can have learned weights")
  func bounds() throws {
    let certain = Tensor([40.0, 0, 0], shape: [1, 3])
    let all: [ClassifierLoss] = [
      .crossEntropy, .maxMargin, .rivals(TopRivals()), .boundedRivals(TopRivals(), margin: 0),
      .poincare(try PoincareLoss()),
    ]
    for loss in all {
      let value = try loss.losses(certain, labels: Tensor([0])).item
      #expect(loss.isBoundedBelowByZero == (value >= 0), "\(loss.name)")
    }
    #expect(Set(all.map(\.name)).count == all.count)
  }

  @Test("Poincaré's distance by hand, finite where one logit outweighs all others")
  func poincare() throws {
    let loss = try PoincareLoss()
    let value = try loss.losses(Tensor([3.0, -1], shape: [1, 2]), labels: Tensor([1])).item
    let (u, v) = ([0.75, -0.25], [0.0, 0.9999])
    let gap = (u[0] - v[0]) * (u[0] - v[0]) + (u[1] - v[1]) * (u[1] - v[1])
    let wanted = acosh(1 + 2 * gap / ((1 - 0.625) * (1 - v[1] * v[1])))
    #expect(abs(value - wanted) < 1e-12)
    // 1 - ‖u‖² is zero: the published form divides by it.
    let (edge, slope) = try valueAndGradient(at: Tensor([7.0, 0, 0], shape: [1, 3])) {
      try loss.losses($0, labels: Tensor([1])).sum()
    }
    let room = 1e-5 * (1 - 0.9999 * 0.9999)
    #expect(abs(edge.item - acosh(1 + 2 * (1 + 0.9999 * 0.9999) / room)) < 1e-9)
    #expect(slope.isFinite.all && slope[0, 1].item < 0)
    let none = try loss.losses(.zeros([1, 3], dtype: .float64), labels: Tensor([1]))
    #expect(none.isFinite.all)
    #expect(throws: InversionError.self) { try PoincareLoss(shift: 0) }
    #expect(throws: InversionError.self) { try PoincareLoss(floor: 1) }
  }

  @Test("the angular margin by hand")
  func angular() throws {
    let cosines = Tensor([cos(0.3), cos(0.4), cos(2.0)], shape: [1, 3])
    let loss = try AngularRivals(margin: 0.2)
    #expect(
      abs(try loss.losses(cosines, labels: Tensor([0])).item - (cos(0.4) - cos(0.5))) < 1e-12)
    #expect(try AngularRivals(margin: 0.05).losses(cosines, labels: Tensor([0])).item == 0)
    let directions = Tensor([2.0, 0, 0, 3], shape: [2, 2])
    let features = Tensor([5 * cos(0.3), 5 * sin(0.3)], shape: [1, 2])
    let found = try AngularRivals.cosines(of: features, with: directions)
    #expect(areClose(found.values(), [cos(0.3), sin(0.3)]))
    #expect(throws: InversionError.self) { try AngularRivals(margin: 2) }
    #expect(throws: InversionError.self) {
      try AngularRivals.cosines(of: features, with: .ones([2, 3]))
    }
  }

  @Test("centres of public features: fixed, moving, learned")
  func centres() throws {
    let features = Tensor([0.0, 0, 2, 4, 1, 1], shape: [3, 2])
    func make(_ rule: FeatureCentres.Rule) throws -> FeatureCentres {
      try FeatureCentres(of: features, classes: [0, 0, 1], count: 2, rule: rule)
    }
    let fixed = try make(.fixed)
    #expect(fixed.vectors.values() == [1.0, 2, 1, 1] && fixed.parameters.isEmpty)
    let image = Tensor([3.0, 2, 1, 1], shape: [2, 2])
    #expect(try fixed.losses(image, labels: Tensor([0, 1])).values() == [2.0, 0])
    try fixed.learn(from: image, classes: [0, 0])
    #expect(fixed.vectors.values() == [1.0, 2, 1, 1])
    let moving = try make(.moving(decay: 0.75))
    try moving.learn(from: Tensor([5.0, 6, 5, 6], shape: [2, 2]), classes: [0, 0])
    #expect(areClose(moving.vectors.values(), [2, 3, 1, 1]))
    let learned = try make(.learned)
    let slope = gradients(
      of: try learned.fit(to: image, classes: [0, 1]),
      withRespectTo: learned.parameters.map(\.value))
    #expect(areClose(slope[0].values(), [-1, 0, 0, 0]))
    #expect(throws: InversionError.tooFew("public images of class 1", count: 0, least: 1)) {
      try FeatureCentres(of: features, classes: [0, 0, 0], count: 2)
    }
    #expect(throws: InversionError.self) { try make(.moving(decay: 1)) }
    #expect(throws: InversionError.self) { try fixed.losses(image, labels: Tensor([0, 2])) }
    #expect(throws: InversionError.self) { try fixed.losses(.ones([2, 3]), labels: labels) }
  }

  @Test("the loss of logit and features, to the mean and to a draw")
  func logit() throws {
    let features = Tensor([0.0, 0, 2, 4], shape: [2, 2])
    let distribution = try FeatureDistribution(of: features)
    #expect(distribution.mean.values() == [1.0, 2])
    #expect(areClose(distribution.deviation.values(), [sqrt(2), sqrt(8)]))
    let two = Tensor([1.0, 5, 4, 0], shape: [2, 2])
    let averaged = try LogitFeatureLoss(weight: 3).losses(
      two, features: features, labels: Tensor([0, 0]), wanted: distribution.mean)
    #expect(areClose(averaged.values(), [3 * 2.5 - 1, 3 * 2.5 - 4]))
    let summed = try LogitFeatureLoss(isSummed: true).losses(
      two, features: features, labels: Tensor([0, 0]), wanted: distribution.mean)
    #expect(areClose(summed.values(), [4, 1]))
    var streams = Context(seed: 1).streams("features", examples: [4, 5, 4])
    let drawn = distribution.drawn(from: &streams)
    #expect(drawn.shape == [3, 2] && drawn[0].isIdentical(to: drawn[2]))
    #expect(!drawn[0].isIdentical(to: drawn[1]))
    #expect(throws: InversionError.self) { try FeatureDistribution(of: features[0..<1]) }
    #expect(throws: InversionError.self) { try LogitFeatureLoss(weight: -1) }
  }

  @Test("labels that are no classes and too many rivals are refused")
  func refusals() throws {
    for wrong in [Tensor([0]), Tensor([0, 4]), Tensor([-1, 0])] {
      for loss in [ClassifierLoss.crossEntropy, .maxMargin, .poincare(try PoincareLoss())] {
        #expect(throws: InversionError.self) { try loss.losses(logits, labels: wrong) }
      }
    }
    for count in [0, 4] {
      #expect(throws: InversionError.self) {
        try TopRivals(.fixed(count)).losses(logits, labels: labels)
      }
    }
    #expect(throws: InversionError.self) {
      try ClassifierLoss.boundedRivals(TopRivals(), margin: .nan).losses(logits, labels: labels)
    }
  }
}
