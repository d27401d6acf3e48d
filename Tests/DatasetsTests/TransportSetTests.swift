import Datasets
import Testing
import Torch

@Suite("Sets for optimal transport, and some of the classes")
struct TransportSetTests {
  @Test("all squares are as far from blank as their side")
  func squares() throws {
    let data = try Squares().dataset(count: 40, seed: 1)
    let lengths = data.batch(Array(0..<40)).inputs.norm(along: [1]).values(as: Float.self)
    for (length, label) in zip(lengths, data.labelValues) {
      #expect(length == (label == 0 ? 0 : 35))
    }
    let sums = data.inputs.sum(along: 1).values(as: Float.self)
    #expect(sums.contains(1225) && sums.contains(-1225))
    #expect(throws: ProceduralError.self) { try Squares(side: 10, squareSide: 11) }
  }

  @Test("copies are pairs one shift apart")
  func copies() throws {
    let sample = try ShiftedCopies(shift: [3, 4, 0]).draw(10, seed: 2)
    for pair in stride(from: 0, to: 10, by: 2) {
      let places = sample.labels[pair] == 0 ? [pair, pair + 1] : [pair + 1, pair]
      let moved = zip(sample.example(places[1]), sample.example(places[0])).map { $0 - $1 }
      #expect(abs(moved[0] - 3) < 1e-5 && abs(moved[1] - 4) < 1e-5 && moved[2] == 0)
    }
    #expect(try ShiftedCopies(shift: [3, 4]).transportDistance == 5)
    #expect(throws: ProceduralError.self) { try ShiftedCopies(shift: []) }
  }

  @Test("portraits have what can be seen on them as labels")
  func attributes() throws {
    let portraits = try Portraits()
    let data = try portraits.attributeDataset(count: 30, seed: 3)
    #expect(data.classNames == Portraits.attributeNames && data.inputShape == [1, 32, 32])
    let truth = try portraits.draw(30, seed: 3).truth.flatMap(\.attributes)
    #expect(data.targets?.values(as: Float.self).map { $0 > 0 } == truth)
  }

  @Test("classes are chosen by name, in any order, and keep the indices of the whole")
  func classes() throws {
    let options = LoadOptions(count: 50, classes: ["8", "0"])
    let data = try Dataset.load(from: "glyphs", split: .train, options: options)
    let whole = try Dataset.load(from: "glyphs", split: .train, options: LoadOptions(count: 50))
    #expect(data.classNames == ["8", "0"] && data.count == 10)
    for (index, label) in zip(data.sourceIndices, data.labelValues) {
      #expect(whole.labelValues[index] == (label == 0 ? 8 : 0))
    }
    for names in [["8"], ["8", "8"], ["8", "x"], []] {
      #expect(throws: DatasetError.self) { try whole.restricted(toClasses: names) }
    }
  }
}
