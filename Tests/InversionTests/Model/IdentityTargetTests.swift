import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Where an attack knows people from")
struct IdentityTargetTests {
  private let split: IdentitySplit
  private let data: Dataset

  init() throws {
    split = try IdentitySplit(
      publicIdentities: ["a", "b"], privateIdentities: ["c", "d"], thresholdIdentities: ["e", "f"])
    data = try Dataset(
      name: "people", inputs: Laboratory.images([0, 20, 60, 80, 85]).to(.float32),
      labels: Tensor([0, 0, 1, 1, 2]), classNames: ["a", "b", "c"])
  }

  private func lookAlikes(
    _ chosen: [[Int]], hidden: Dataset? = nil
  ) throws -> IdentityTargets {
    try .lookAlikes(
      in: data, chosen: chosen, encoder: Laboratory.identity(),
      publicIdentities: split.publicIdentities, privateData: hidden)
  }

  @Test("public look-alikes: the direction of their mean template")
  func means() throws {
    let targets = try lookAlikes([[0, 1], [2, 1]])
    #expect(targets.source == .publicLookAlikes)
    let wanted = [10.0, 40].flatMap { [cos($0 * .pi / 180), sin($0 * .pi / 180)] }
    #expect(areClose(targets.vectors.to(.float64).values(), wanted, 1e-6))
    #expect(try targets.vectors(of: [1, 1, 0]).shape == [3, 2])
    #expect(throws: InversionError.self) { try targets.vectors(of: [2]) }
  }

  @Test("private images are refused, by their people, by their pixels and by name")
  func refusals() throws {
    #expect(throws: InversionError.privateIdentity(source: "look-alikes", people: ["c"])) {
      try lookAlikes([[0, 4]])
    }
    // The same image under another name.
    let hidden = try Dataset(
      name: "hidden", inputs: Laboratory.images([80]).to(.float32), labels: Tensor([0]),
      classNames: ["c"])
    #expect(throws: InversionError.self) { try lookAlikes([[3]], hidden: hidden) }
    #expect(try lookAlikes([[2]], hidden: hidden).vectors.shape == [1, 2])
    for name in ["private-image", "privateTemplate", "Private"] {
      #expect(throws: InversionError.privateIdentity(source: name, people: [])) {
        try IdentitySource(named: name)
      }
    }
    #expect(try IdentitySource(named: "classWeight") == .classWeight)
    #expect(throws: InversionError.self) { try IdentitySource(named: "guess") }
    #expect(throws: InversionError.self) { try lookAlikes([[0], []]) }
    #expect(throws: InversionError.self) { try lookAlikes([[7]]) }
    #expect(throws: InversionError.self) { try lookAlikes([]) }
    let error = InversionError.privateIdentity(source: "look-alikes", people: ["c"])
    #expect(error.description.contains("such as c") && error.recoverySuggestion != nil)
  }

  @Test("class weights and learned vectors have length 1, and no loss moves them")
  func others() throws {
    let weights = try IdentityTargets.classWeights(Tensor([3.0, 4, 0, 2], shape: [2, 2]))
    #expect(areClose(weights.vectors.values(), [0.6, 0.8, 0, 1]))
    #expect(throws: InversionError.zeroTemplate(encoder: "the last layer of the target", index: 1))
    {
      try IdentityTargets.classWeights(Tensor([3.0, 4, 0, 0], shape: [2, 2]))
    }
    let classes = ClassVectors(count: 2, width: 3, using: Generator(seed: 1, purpose: "classes"))
    let learned = IdentityTargets.learned(classes)
    #expect(!learned.vectors.requiresGradient)
    #expect(
      areClose(
        learned.vectors.values().map { (value: Float) in Double(value) },
        classes(Tensor([0, 1])).detached().values().map { (value: Float) in Double(value) }, 1e-5))
  }

  @Test("the hinge on cosines by hand; the own identity does not count")
  func hinge() throws {
    let found = Laboratory.images([10, 10]).flattened(from: 1)
    let target = Laboratory.images([0, 0]).flattened(from: 1)
    let others = try Negatives(
      Laboratory.images([30, 90, 0]).flattened(from: 1), identities: [5, 6, 7])
    let hinge = try ContrastiveHinge(margin: 0.3)
    func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
    let losses = try hinge.losses(
      found, targets: target, identities: [7, 5], negatives: others)
    #expect(areClose(losses.values(), [0.3 + cosine(20) - cosine(10), 0.3]))
    let loss = FeatureLoss.hinge(hinge)
    #expect(loss.name == "hinge 0.3" && loss.hasNegatives && !FeatureLoss.cosine.hasNegatives)
    let alone = try loss.losses(found, targets: target, identities: [1, 1])
    #expect(alone.values() == [0.0, 0])
    #expect(throws: InversionError.self) { try ContrastiveHinge(margin: -0.1) }
  }
}
