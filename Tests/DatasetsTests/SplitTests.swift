import Foundation
import Testing

@testable import Datasets

@Suite struct SplitTests {
  private let labels = (0..<100).map { $0 % 10 == 0 ? 1 : 0 }

  @Test(arguments: [1, 2, 3, 10, 101]) func partsCoverEverythingOnce(count: Int) throws {
    let fractions = try SplitFractions(train: 0.7, validation: 0.1, test: 0.2)
    let split = try Split(count: count, fractions: fractions, seed: 4)
    #expect((split.train + split.validation + split.test).sorted() == Array(0..<count))
    #expect(split.indices(.all) == Array(0..<count))
    for (part, share) in [(split.train, 0.7), (split.validation, 0.1), (split.test, 0.2)] {
      #expect(abs(Double(part.count) - share * Double(count)) < 1)
    }
    #expect(try Split(count: count, fractions: fractions, seed: 4) == split)
  }

  @Test func seedsMatter() throws {
    let fractions = try SplitFractions(train: 0.5, test: 0.5)
    let splits = try (0..<20).map { try Split(count: 50, fractions: fractions, seed: $0).train }
    #expect(Set(splits).count == 20)
  }

  @Test func stratifiedPartsKeepProportions() throws {
    let fractions = try SplitFractions(train: 0.8, test: 0.2)
    let split = try Split(stratifiedBy: labels, fractions: fractions, seed: 1)
    #expect(split.test.count == 20 && split.test.count { labels[$0] == 1 } == 2)
  }

  @Test func isReadAsItWasWritten() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/split.json"
    let fractions = try SplitFractions(train: 0.5, validation: 0.25, test: 0.25)
    let split = try Split(count: 8, fractions: fractions, seed: .max)
    try split.write(to: path)
    #expect(try Split(contentsOf: path) == split)
    for (text, part) in [
      ("{", "not valid JSON"), ("{}", "schema is missing"), ("{\"schema\": \"x\"}", "schema is x"),
      (json("[0, 9]"), "index 9"), (json("[0, 0]"), "twice"), (json("\"a\""), "wrong type"),
    ] {
      let bad = try scratch.write(Array(text.utf8), "bad.json")
      let error = try failure { _ = try Split(contentsOf: bad) }
      #expect(error.kind == .corrupt && error.problem.contains(part))
    }
    let refused = try failure { try split.write(to: scratch.path + "/no/split.json") }
    #expect(refused.kind == .notWritten)
  }

  private func json(_ train: String) -> String {
    "{\"schema\": \"\(Split.schema)\", \"seed\": 1, \"count\": 3, \"train\": \(train), "
      + "\"validation\": [], \"test\": [1]}"
  }

  @Test func refusesBadFractions() throws {
    for (train, test) in [(0.5, 0.6), (-0.5, 1.5), (Double.nan, 1)] {
      #expect(try failure { _ = try SplitFractions(train: train, test: test) }.kind == .badSetting)
    }
    let fractions = try SplitFractions(train: 1, test: 0)
    #expect(try failure { _ = try Split(count: 0, fractions: fractions, seed: 1) }.kind == .empty)
  }

  @Test func subsetsAreBalancedAndNested() throws {
    let few = try ClassSubset.balanced(labels, perClass: 3, classes: 2, seed: 5)
    let more = try ClassSubset.balanced(labels, perClass: 10, classes: 2, seed: 5)
    #expect(few.count == 6 && few.count { labels[$0] == 1 } == 3 && few == few.sorted())
    #expect(Set(few).isSubset(of: more) && Set(more).count == 20)
    let error = try failure {
      _ = try ClassSubset.balanced(labels, perClass: 11, classes: 2, seed: 5)
    }
    #expect(error.problem == "class 1 has 10 examples, but 11 were asked for")
    #expect(throws: DatasetError.self) {
      try ClassSubset.balanced(labels, perClass: 1, classes: 3, seed: 5)
    }
  }
}
