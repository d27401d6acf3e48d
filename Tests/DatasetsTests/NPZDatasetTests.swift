import Foundation
import Testing
import Torch

@testable import Datasets

@Suite struct NPZDatasetTests {
  private func load(_ arrays: [String: Tensor], _ part: DatasetPart? = nil) throws -> Dataset {
    try NPZDataset(arrays: arrays, path: "d.npz", name: "d").load(part)
  }

  private let bytes = Tensor((0..<12).map { UInt8($0) }, shape: [2, 2, 3])

  @Test func readsThroughTheFile() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/d.npz"
    try NPZ.write(["x": bytes, "y": Tensor([1, 0])], to: URL(fileURLWithPath: path))
    let source = try DatasetSource(path)
    #expect(source.format == .npz && source.parts == [.all])
    let data = try source.load()
    #expect(data.inputShape == [1, 2, 3] && data.inputs.dtype == .uint8)
    #expect(data.labelValues == [1, 0] && data.classNames == ["0", "1"] && data.name == "d")
  }

  @Test func tellsPartsApart() throws {
    let arrays = [
      "x_train": bytes, "y_train": Tensor([1, 2]), "x_test": bytes[0..<1], "y_test": Tensor([0]),
    ]
    #expect(try load(arrays).count == 1 && load(arrays, .all).labelValues == [1, 2, 0])
    // A class that the test part lacks is a class all the same.
    #expect(try load(arrays).classNames.count == 3)
    let named = ["test_images": bytes, "test_labels": Tensor([1, 0], shape: [2, 1])]
    #expect(try load(named, .test).labelValues == [1, 0])
  }

  @Test func putsChannelsFirstAndFindsTheRange() throws {
    let last = Tensor((0..<12).map { Float($0) / 11 }, shape: [1, 2, 2, 3])
    let data = try load(["images": last, "labels": Tensor([0])])
    #expect(data.inputShape == [3, 2, 2] && data.range == 0...1)
    #expect(data.inputs.values(as: Float.self)[1] == Float(3) / 11)
    let wide = try load(["x": last * 4 - 1, "y": Tensor([0])])
    #expect(wide.range.lowerBound == -1 && wide.range.upperBound == 3)
    let rows = try load(["data": Tensor([5.0, 6.0], shape: [1, 2]), "target": Tensor([0])])
    #expect(rows.range == Dataset.unbounded && rows.inputs.dtype == .float32)
  }

  @Test func refusesBadArrays() throws {
    let ok = Tensor([1, 0])
    #expect(try failure { _ = try load(["a": bytes]) }.kind == .unrecognised)
    #expect(try failure { _ = try load(["x": bytes, "y": Tensor([0])]) }.kind == .countsDiffer)
    #expect(
      try failure { _ = try load(["x": bytes, "y": Tensor([0, -1])]) }.kind == .labelOutOfRange)
    let large = Tensor([0, 1 << 40])
    #expect(try failure { _ = try load(["x": bytes, "y": large]) }.kind == .labelOutOfRange)
    #expect(try failure { _ = try load(["x": bytes, "y": Tensor([0.5, 1])]) }.kind == .badValue)
    #expect(try failure { _ = try load(["x": ok, "y": ok]) }.kind == .unsupported)
    let none = Tensor([Float](), shape: [0, 2, 2])
    #expect(try failure { _ = try load(["x": none, "y": ok]) }.kind == .empty)
    let nan = Tensor([Float.nan, 1], shape: [2, 1, 1])
    #expect(try failure { _ = try load(["x": nan, "y": ok]) }.kind == .notFinite)
  }
}
