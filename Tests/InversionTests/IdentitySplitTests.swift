import Datasets
import Foundation
import Inversion
import Testing
import Torch

@Suite("Splits of people")
struct IdentitySplitTests {
  private let names = (0..<12).map { "person \($0)" }

  private func data() throws -> Dataset {
    try Dataset(
      name: "people",
      inputs: Tensor((0..<24).flatMap { [UInt8($0), UInt8(2 * $0)] }, shape: [24, 1, 1, 2]),
      labels: Tensor((0..<24).map { $0 % 12 }), classNames: names)
  }

  @Test("a drawn split has everybody once, and is the same for the same seed")
  func drawn() throws {
    let split = try IdentitySplit(
      drawing: names, privateCount: 3, thresholdCount: 4, seed: 7)
    #expect(split.privateIdentities.count == 3 && split.thresholdIdentities.count == 4)
    let all = split.publicIdentities + split.privateIdentities + split.thresholdIdentities
    #expect(Set(all) == Set(names) && all.count == 12)
    #expect(
      try split
        == IdentitySplit(drawing: names, privateCount: 3, thresholdCount: 4, seed: 7))
    #expect(
      try split
        != IdentitySplit(drawing: names, privateCount: 3, thresholdCount: 4, seed: 8))
    let copy = try JSONDecoder().decode(IdentitySplit.self, from: JSONEncoder().encode(split))
    #expect(copy == split)
  }

  @Test("the examples of each set are its people's")
  func divided() throws {
    let split = try IdentitySplit(
      publicIdentities: ["person 4", "person 2", "person 9"],
      privateIdentities: ["person 0", "person 1"],
      thresholdIdentities: ["person 11", "person 10"])
    let parts = try split.divide(data())
    #expect(parts.public.count == 6 && parts.private.count == 4 && parts.threshold.count == 4)
    #expect(parts.public.classNames == ["person 4", "person 2", "person 9"])
    #expect(parts.private.sourceIndices == [0, 1, 12, 13])
    #expect(throws: DatasetError.self) {
      try IdentitySplit(
        publicIdentities: ["a", "b"], privateIdentities: ["person 0", "person 1"],
        thresholdIdentities: ["person 2", "person 3"]
      ).divide(data())
    }
  }

  @Test("people in two sets are refused by name")
  func overlap() throws {
    #expect(
      throws: InversionError.sharedIdentities(["b"], first: "public", second: "private")
    ) {
      try IdentitySplit(
        publicIdentities: ["a", "b"], privateIdentities: ["b", "c"],
        thresholdIdentities: ["d", "e"])
    }
    #expect(
      throws: InversionError.sharedIdentities(["c", "d"], first: "private", second: "threshold")
    ) {
      try IdentitySplit(
        publicIdentities: ["a", "b"], privateIdentities: ["d", "c"],
        thresholdIdentities: ["c", "d"])
    }
    #expect(throws: InversionError.self) {
      try IdentitySplit(
        drawing: ["a", "b", "c", "d", "e", "a"], privateCount: 2, thresholdCount: 2, seed: 1)
    }
    #expect(throws: InversionError.tooFew("identities", count: 5, least: 6)) {
      try IdentitySplit(
        drawing: ["a", "b", "c", "d", "e"], privateCount: 2, thresholdCount: 2, seed: 1)
    }
    #expect(throws: InversionError.tooFew("private identities", count: 1, least: 2)) {
      try IdentitySplit(
        publicIdentities: ["a", "b"], privateIdentities: ["c", "c"],
        thresholdIdentities: ["d", "e"])
    }
  }

  @Test("an image in two sets is found, whatever the people are called")
  func images() throws {
    let all = try data()
    let some = try all.subset([1, 2, 3])
    let others = try all.subset([3, 2, 20])
    #expect(throws: InversionError.sharedImages(count: 2, first: "one", second: "other")) {
      try IdentitySplit.checkImages([("one", some), ("other", others)])
    }
    try IdentitySplit.checkImages([("one", some), ("other", all.subset([4, 5]))])
  }
}
