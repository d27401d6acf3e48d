import Foundation
import Torch

/// Inputs and labels in a NumPy archive, under any of the usual names.
///
/// Labels `[N]` are classes; labels `[N, K]` with two columns or more say which of K labels each
/// example has.
struct NPZDataset: Sendable {
  private struct Pair: Sendable {
    let inputs: String
    let labels: String
  }

  private static let inputNames = ["x", "images", "inputs", "data", "features", "arr_0"]
  private static let labelNames = ["y", "labels", "targets", "label", "target", "arr_1"]
  /// More classes than any data set has: a label above is a mistake, not a class.
  private static let classLimit = 1_000_000

  private let path: String
  private let name: String
  private let arrays: [String: Tensor]
  private let pairs: [DatasetPart: Pair]

  /// Reads an archive.
  ///
  /// - Throws: `DatasetError` (unrecognised), or the error of the NumPy reader.
  init(_ path: String, name: String) throws {
    try self.init(arrays: try NPZ.read(URL(fileURLWithPath: path)), path: path, name: name)
  }

  init(arrays: [String: Tensor], path: String, name: String) throws {
    self.path = path
    self.name = name
    self.arrays = arrays
    let spellings: [(DatasetPart, [String])] = [
      (.train, ["train"]), (.validation, ["val", "valid", "validation"]), (.test, ["test"]),
      (.all, [""]),
    ]
    let known = Dictionary(arrays.keys.sorted().map { ($0.lowercased(), $0) }) { first, _ in first }
    var pairs: [DatasetPart: Pair] = [:]
    for (part, words) in spellings {
      for word in words where pairs[part] == nil {
        let inputs = NPZDataset.find(NPZDataset.inputNames, word, in: known)
        let labels = NPZDataset.find(NPZDataset.labelNames, word, in: known)
        if let inputs, let labels { pairs[part] = Pair(inputs: inputs, labels: labels) }
      }
    }
    // Parts that are told apart count for more than a pair without one.
    if pairs.count > 1 { pairs[.all] = nil }
    guard !pairs.isEmpty else {
      throw DatasetError(
        .unrecognised, in: path,
        "has no arrays x and y or images and labels (it has "
          + "\(arrays.keys.sorted().joined(separator: ", ")))",
        remedy: "save the arrays as x and y, or as x_train, y_train, x_test and y_test")
    }
    self.pairs = pairs
  }

  private static func find(
    _ names: [String], _ part: String, in known: [String: String]
  ) -> String? {
    for name in names {
      let spellings = part.isEmpty ? [name] : ["\(name)_\(part)", "\(part)_\(name)"]
      if let found = spellings.compactMap({ known[$0] }).first { return found }
    }
    return nil
  }

  /// The parts that have inputs and labels.
  var parts: Set<DatasetPart> { Set(pairs.keys) }

  /// Reads the parts that were asked for.
  ///
  /// - Throws: `DatasetError`, or libtorch's error.
  func load(_ wanted: DatasetPart?) throws -> Dataset {
    let parts = try DatasetPart.resolve(wanted, among: parts, in: path)
    return try attempt {
      let chosen = parts.compactMap { pairs[$0] }
      let inputs = try joined(try chosen.map { try self.inputs($0.inputs) }, "inputs")
      let part = parts.count == 1 ? parts[0] : .all
      if pairs.values.contains(where: { isTargets($0.labels) }) {
        let targets = try joined(try chosen.map { try self.targets($0.labels) }, "labels")
        return try Dataset(
          name: name, inputs: inputs, targets: targets,
          labelNames: (0..<targets.size(1)).map(String.init), range: range(inputs), part: part)
      }
      let labels = try chosen.map { try self.labels($0.labels) }
      let highest = try pairs.values.map { try highestLabel($0.labels) }.max() ?? 0
      return try Dataset(
        name: name, inputs: inputs,
        labels: labels.count == 1 ? labels[0] : Tensor.concatenated(labels),
        classNames: (0...highest).map(String.init), range: range(inputs),
        part: part)
    }
  }

  private func joined(_ arrays: [Tensor], _ what: String) throws -> Tensor {
    guard let first = arrays.first else { throw NPZDataset.empty(path) }
    guard arrays.allSatisfy({ $0.shape.dropFirst() == first.shape.dropFirst() }) else {
      throw DatasetError(
        .sizesDiffer, in: path, "its parts have \(what) of different shapes",
        remedy: "load one part at a time")
    }
    return arrays.count == 1 ? first : Tensor.concatenated(arrays)
  }

  /// Whether an array says which of several labels examples have, and not which class.
  private func isTargets(_ key: String) -> Bool {
    arrays[key].map { $0.rank == 2 && $0.size(1) > 1 } ?? false
  }

  private func targets(_ key: String) throws -> Tensor {
    guard let array = arrays[key], array.count > 0 else {
      throw NPZDataset.empty("\(path), \(key)")
    }
    guard isTargets(key) else {
      throw DatasetError(
        .unsupported, in: path,
        "the labels \(key) have the shape \(array.shape), those of another part two columns or more",
        remedy: "save [N, K] zeros and ones in every part, or class numbers [N] in every part")
    }
    // Whole numbers beyond float32 are no labels either, and are told as what they are.
    return array.to(.float64)
  }

  /// An array as inputs: images [N, C, H, W] (also from [N, H, W] and [N, H, W, C]) or rows [N, D].
  private func inputs(_ key: String) throws -> Tensor {
    guard let array = arrays[key], array.count > 0 else {
      throw NPZDataset.empty("\(path), \(key)")
    }
    switch array.rank {
    case 2: return array.to(.float32)
    case 3: return values(array.unsqueezed(1))
    case 4:
      let shape = array.shape
      let channelsLast = [1, 3].contains(shape[3]) && ![1, 3].contains(shape[1])
      return values(channelsLast ? array.permuted(0, 3, 1, 2).contiguous() : array)
    default:
      throw DatasetError(
        .unsupported, in: path, "the array \(key) has the shape \(array.shape)",
        remedy: "save images as [N, H, W], [N, H, W, C] or [N, C, H, W], rows as [N, D]")
    }
  }

  /// Image values as bytes where they are bytes or whole numbers in 0...255, else as float32.
  private func values(_ images: Tensor) -> Tensor {
    if images.dtype == .uint8 { return images }
    if images.dtype.isFloatingPoint || images.dtype == .bool { return images.to(.float32) }
    let fits = images.greaterOrEqual(to: 0).and(images.lessOrEqual(to: 255)).all
    return images.to(fits ? .uint8 : .float32)
  }

  private func labels(_ key: String) throws -> Tensor {
    guard let array = arrays[key], array.count > 0 else {
      throw NPZDataset.empty("\(path), \(key)")
    }
    guard array.rank == 1 || (array.rank == 2 && array.size(1) == 1) else {
      throw DatasetError(
        .unsupported, in: path, "the labels \(key) have the shape \(array.shape)",
        remedy: "save one class number an example, [N], or zeros and ones [N, K] for K labels")
    }
    let flat = array.flattened()
    let whole = flat.to(.int64)
    guard !flat.dtype.isFloatingPoint || whole.to(flat.dtype).isIdentical(to: flat) else {
      throw DatasetError(
        .badValue, in: path, "the labels \(key) are not whole numbers",
        remedy: "save class numbers counted from 0")
    }
    return whole
  }

  private func highestLabel(_ key: String) throws -> Int {
    let values = try labels(key).values(as: Int.self)
    guard let row = values.firstIndex(where: { !(0..<NPZDataset.classLimit ~= $0) }) else {
      return values.max() ?? 0
    }
    throw DatasetError(
      .labelOutOfRange, in: path, "label \(values[row]) of example \(row) in \(key) is no class",
      remedy: "number the classes from 0")
  }

  /// 0...1 for images that lie in it, the values found for other images, no bounds for rows.
  private func range(_ inputs: Tensor) -> ClosedRange<Float> {
    guard inputs.rank == 4 else { return Dataset.unbounded }
    guard inputs.dtype == .float32, inputs.isFinite.all else { return 0...1 }
    let low = Float(inputs.min().item)
    let high = Float(inputs.max().item)
    return low >= 0 && high <= 1 ? 0...1 : low...high
  }

  private static func empty(_ place: String) -> DatasetError {
    DatasetError(.empty, in: place, "has no example", remedy: "save at least one example")
  }
}
