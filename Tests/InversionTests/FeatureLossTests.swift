import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Losses of templates")
struct FeatureLossTests {
  private func rows(_ values: [[Double]]) -> Tensor {
    Tensor(values.flatMap(\.self), shape: [values.count, values[0].count])
  }

  @Test("the contrastive loss is PyTorch's, with its gradient")
  func golden() throws {
    for golden in try LossGolden.load().contrast {
      let loss = try InfoNCE(temperature: golden.temperature, hardest: golden.hardest)
      let count = golden.identities.count
      let width = golden.templates.count / count
      let negatives = try Negatives(
        Tensor(golden.negatives, shape: [golden.people.count, width]), identities: golden.people)
      let targets = Tensor(golden.targets, shape: [count, width])
      var losses: [Double] = []
      let (_, gradient) = try valueAndGradient(
        at: Tensor(golden.templates, shape: [count, width])
      ) {
        let all = try loss.losses(
          $0, targets: targets, identities: golden.identities, negatives: negatives)
        losses = all.detached().values()
        return all.mean()
      }
      #expect(areClose(losses, golden.losses))
      #expect(areClose(gradient.values(), golden.gradient))
    }
  }

  @Test("closed forms: equal similarities, a perfect match, the nearest of two")
  func closedForms() throws {
    let target = rows([[1, 0, 0]])
    for count in [1, 4, 63] {
      let same = try Negatives(
        rows(Array(repeating: [0, 1, 0], count: count)), identities: Array(1...count))
      // As like the target as the others: the loss of guessing, and no information.
      let loss = try InfoNCE(temperature: 0.2).losses(
        rows([[1, 1, 0]]), targets: target, identities: [0], negatives: same)
      #expect(abs(loss.item - log(Double(count + 1))) < 1e-12)
      #expect(abs(InfoNCE.informationBound(meanLoss: loss.item, negatives: count)) < 1e-12)
      let perfect = try InfoNCE(temperature: 0.2).losses(
        rows([[3, 0, 0]]), targets: target, identities: [0], negatives: same)
      #expect(abs(perfect.item - log1p(Double(count) * exp(-5))) < 1e-12)
    }
    let two = try Negatives(rows([[0, 1, 0], [-1, 0, 0]]), identities: [1, 2])
    let hard = try InfoNCE(temperature: 0.5, hardest: 1).losses(
      rows([[1, 0, 0]]), targets: target, identities: [0], negatives: two)
    #expect(abs(hard.item - log1p(exp(-2))) < 1e-12)
  }

  @Test("negatives of the own identity do not count")
  func masked() throws {
    let target = rows([[1, 0], [0, 1]])
    let loss = FeatureLoss.contrastive(try InfoNCE(temperature: 0.1))
    // Two images of one person: without the mask each would push the other away.
    let same = try loss.losses(target, targets: target, identities: [7, 7])
    #expect(same.values(as: Double.self) == [0, 0])
    let others = try loss.losses(target, targets: target, identities: [7, 8])
    #expect(areClose(others.values(), [log1p(exp(-10)), log1p(exp(-10))]))
    let none = try InfoNCE().losses(
      target, targets: target, identities: [0, 1],
      negatives: Negatives(.zeros([0, 2], dtype: .float64), identities: []))
    #expect(none.values(as: Double.self) == [0, 0])
  }

  @Test("a queue keeps the last templates, and comes back from a checkpoint")
  func queue() throws {
    var queue = try TemplateQueue(capacity: 3)
    #expect(queue.negatives == nil && queue.count == 0)
    try queue.add(rows([[1, 0], [2, 0]]), identities: [1, 2])
    try queue.add(rows([[3, 0], [4, 0]]), identities: [3, 4])
    #expect(queue.negatives?.templates.values(as: Double.self) == [2, 0, 3, 0, 4, 0])
    #expect(queue.negatives?.identities == [2, 3, 4])
    var other = try TemplateQueue(capacity: 3)
    try other.restore(queue.state)
    #expect(other.negatives?.identities == [2, 3, 4])
    #expect(throws: InversionError.templateWidth(encoder: "queue", width: 3, expected: 2)) {
      try queue.add(rows([[1, 0, 0]]), identities: [1])
    }
    try queue.add(rows(Array(repeating: [5, 0], count: 9)), identities: Array(0..<9))
    #expect(queue.negatives?.identities == [6, 7, 8])
    let both = try queue.negatives?.joined(with: Negatives(rows([[1, 1]]), identities: [1]))
    #expect(both?.identities == [6, 7, 8, 1])
    try other.restore([:])
    #expect(other.count == 0)
  }

  @Test("for templates of length 1 the squared distance is twice one less the cosine")
  func distanceAndCosine() throws {
    let (a, b) = (
      Laboratory.noise([6, 5], .float64),
      Tensor.normal(
        [6, 5], dtype: .float64, using: Generator(seed: 1, purpose: "b"))
    )
    let people = Array(0..<6)
    let squared = try FeatureLoss.squaredDistance.losses(
      a.unitRows(), targets: b.unitRows(), identities: people)
    let cosine = try FeatureLoss.cosine.losses(a, targets: b, identities: people)
    #expect(areClose(squared.values(), (cosine * 2).values()))
    let longer = try FeatureLoss.cosine.losses(a * 7, targets: b, identities: people)
    #expect(areClose(longer.values(), cosine.values()))
  }

  @Test("what does not fit is refused")
  func refusals() throws {
    let one = rows([[1, 0]])
    #expect(throws: InversionError.self) {
      try FeatureLoss.cosine.losses(one, targets: rows([[1, 0, 0]]), identities: [0])
    }
    let negatives = try Negatives(rows([[1, 0, 0]]), identities: [1])
    #expect(throws: InversionError.templateWidth(encoder: "negatives", width: 3, expected: 2)) {
      try InfoNCE().losses(one, targets: one, identities: [0], negatives: negatives)
    }
    #expect(throws: InversionError.self) {
      try InfoNCE().losses(one, targets: one, identities: [0, 1], negatives: negatives)
    }
    #expect(throws: InversionError.self) { try Negatives(one, identities: [1, 2]) }
    #expect(throws: InversionError.self) { try InfoNCE(temperature: 0) }
    #expect(throws: InversionError.self) { try InfoNCE(hardest: 0) }
    #expect(throws: InversionError.self) { try TemplateQueue(capacity: 0) }
  }
}
