import Testing
import Torch

@testable import Datasets

@Suite struct CIFARTests {
  private func record(_ labels: [UInt8], _ value: UInt8) -> [UInt8] {
    labels + [UInt8](repeating: value, count: 3072)
  }

  @Test func readsBatchesInOrder() throws {
    let scratch = try Scratch()
    for batch in 1...5 {
      try scratch.write(record([UInt8(batch)], UInt8(batch * 10)), "c/data_batch_\(batch).bin")
    }
    try scratch.write(record([9], 1) + record([0], 2), "c/test_batch.bin")
    let train = try Dataset.load(from: scratch.path, split: .train)
    #expect(train.labelValues == [1, 2, 3, 4, 5] && train.inputShape == [3, 32, 32])
    #expect(train.inputs[4].values(as: UInt8.self).allSatisfy { $0 == 50 })
    let test = try Dataset.load(from: scratch.path)
    #expect(test.labelValues == [9, 0] && test.classNames[9] == "truck")
  }

  @Test func readsTheFineLabelsOfCIFAR100() throws {
    let scratch = try Scratch()
    try scratch.write(record([19, 99], 1), "test.bin")
    let data = try Dataset.load(from: scratch.path)
    #expect(data.labelValues == [99] && data.classNames.count == 100)
  }

  @Test func refusesBadRecords() throws {
    let scratch = try Scratch()
    try scratch.write(record([1], 1) + record([10], 2), "test_batch.bin")
    let label = try failure { _ = try Dataset.load(from: scratch.path) }
    #expect(label.kind == .labelOutOfRange && label.problem.contains("record 1, at byte 3073"))
    try scratch.write(Array(record([1], 1).dropLast()), "test_batch.bin")
    #expect(try failure { _ = try Dataset.load(from: scratch.path) }.kind == .truncated)
    try scratch.write([], "test_batch.bin")
    #expect(try failure { _ = try Dataset.load(from: scratch.path) }.kind == .empty)
  }
}
