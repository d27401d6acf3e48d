import Foundation
import Torch

/// Which examples of a data set are for training, validation and testing: drawn once from a seed,
/// and written down.
public struct Split: Sendable, Equatable, Codable {
  /// The schema of a split's JSON file.
  public static let schema = "touchstone.split/1"

  /// The seed that the examples were drawn with.
  public let seed: UInt64
  /// The number of examples of the data set.
  public let count: Int
  /// Indices of the training part, ascending.
  public let train: [Int]
  /// Indices of the validation part, ascending.
  public let validation: [Int]
  /// Indices of the test part, ascending.
  public let test: [Int]

  private enum CodingKeys: String, CodingKey { case schema, seed, count, train, validation, test }

  /// Draws a split at random.
  ///
  /// - Parameters:
  ///   - count: the number of examples.
  ///   - fractions: the shares of the parts.
  ///   - seed: what the draw depends on.
  /// - Throws: `DatasetError` (empty) without examples.
  public init(count: Int, fractions: SplitFractions, seed: UInt64) throws {
    guard count > 0 else { throw Split.empty }
    var stream = RandomStream(seed: seed, purpose: "split")
    let groups = [stream.permutation(of: count)]
    self.init(groups, count: count, fractions: fractions, seed: seed)
  }

  /// Draws a split at random within each class, so that all parts have the classes in nearly the
  /// same proportions.
  ///
  /// - Parameters:
  ///   - labels: the class of each example.
  ///   - fractions: the shares of the parts, met for each class to less than one example.
  ///   - seed: what the draw depends on.
  /// - Throws: `DatasetError` (empty) without examples.
  public init(stratifiedBy labels: [Int], fractions: SplitFractions, seed: UInt64) throws {
    guard !labels.isEmpty else { throw Split.empty }
    let groups = ClassSubset.shuffledIndices(of: labels, seed: seed, purpose: "split.class")
    self.init(groups.map(\.indices), count: labels.count, fractions: fractions, seed: seed)
  }

  private init(_ groups: [[Int]], count: Int, fractions: SplitFractions, seed: UInt64) {
    var parts: [[Int]] = [[], [], []]
    for group in groups {
      var rest = group[...]
      for (part, size) in fractions.sizes(of: group.count).enumerated() {
        parts[part] += rest.prefix(size)
        rest = rest.dropFirst(size)
      }
    }
    self.seed = seed
    self.count = count
    train = parts[0].sorted()
    validation = parts[1].sorted()
    test = parts[2].sorted()
  }

  /// The indices of a part.
  public func indices(_ part: DatasetPart) -> [Int] {
    switch part {
    case .train: train
    case .validation: validation
    case .test: test
    case .all: (train + validation + test).sorted()
    }
  }

  private static var empty: DatasetError {
    DatasetError(
      .empty, in: "split", "there is no example to divide", remedy: "give at least one example")
  }
}

extension Split {
  /// Reads the fields of a split; other schemas are refused.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try fields.decode(String.self, forKey: .schema)
    guard schema == Split.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: fields,
        debugDescription: "the schema is \(schema), not \(Split.schema)")
    }
    seed = try fields.decode(UInt64.self, forKey: .seed)
    count = try fields.decode(Int.self, forKey: .count)
    train = try fields.decode([Int].self, forKey: .train)
    validation = try fields.decode([Int].self, forKey: .validation)
    test = try fields.decode([Int].self, forKey: .test)
  }

  /// Writes the fields of a split, with its schema.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(Split.schema, forKey: .schema)
    try fields.encode(seed, forKey: .seed)
    try fields.encode(count, forKey: .count)
    try fields.encode(train, forKey: .train)
    try fields.encode(validation, forKey: .validation)
    try fields.encode(test, forKey: .test)
  }

  /// Writes the split as JSON, whole or not at all.
  ///
  /// - Throws: `DatasetError` (notWritten).
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try FileBytes.write(try encoder.encode(self) + Data("\n".utf8), to: path)
  }

  /// Reads a split that was written before, and checks it.
  ///
  /// - Throws: `DatasetError` (missing, notAFile, unreadable, corrupt).
  public init(contentsOf path: String) throws {
    let bytes = try FileBytes.read(path)
    do {
      self = try JSONDecoder().decode(Split.self, from: Data(bytes))
    } catch {
      throw Split.damaged(path, "is not a split: \(Split.reason(error))")
    }
    let indices = train + validation + test
    if let index = indices.first(where: { $0 < 0 || $0 >= count }) {
      throw Split.damaged(path, "holds the index \(index), outside 0..<\(count)")
    }
    guard Set(indices).count == indices.count else {
      throw Split.damaged(path, "holds an example twice")
    }
  }

  private static func damaged(_ path: String, _ problem: String) -> DatasetError {
    DatasetError(.corrupt, in: path, problem, remedy: "write the split again from its seed")
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): return "the field \(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return "the field \(path) has the wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not valid JSON" : context.debugDescription
    default: return error.localizedDescription
    }
  }
}
