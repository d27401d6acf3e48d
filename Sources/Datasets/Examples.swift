/// Examples as a reader of files leaves them: plain buffers, not yet checked as a whole.
struct Examples: Sendable {
  /// Inputs of all examples, one after another.
  enum Values: Sendable, Equatable {
    case bytes([UInt8])
    case floats([Float])

    var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  var name: String
  var part: DatasetPart
  var values: Values
  /// The shape of one input: [C, H, W] or [D].
  var inputShape: [Int]
  var labels: [Int64]
  var classNames: [String]
  /// The file of each example, where every one has its own.
  var fileNames: [String]?
}

extension Examples {
  /// Examples of several parts as one.
  ///
  /// - Throws: `DatasetError` (sizesDiffer, countsDiffer, empty) when they do not fit together.
  static func joined(_ parts: [Examples], part: DatasetPart) throws -> Examples {
    guard var result = parts.first else {
      throw DatasetError(
        .empty, in: "data set", "has no part to join", remedy: "name at least one part")
    }
    for other in parts.dropFirst() {
      guard other.inputShape == result.inputShape else {
        throw DatasetError(
          .sizesDiffer, in: result.name,
          "inputs of the \(result.part.rawValue) part are \(sizeText(result.inputShape)), those of "
            + "the \(other.part.rawValue) part \(sizeText(other.inputShape))",
          remedy: "load one part, or bring the inputs to one size")
      }
      switch (result.values, other.values) {
      case (.bytes(let first), .bytes(let second)): result.values = .bytes(first + second)
      case (.floats(let first), .floats(let second)): result.values = .floats(first + second)
      default:
        throw DatasetError(
          .unsupported, in: result.name, "its parts have different types of values",
          remedy: "load one part at a time")
      }
      result.labels += other.labels
      result.fileNames = result.fileNames.flatMap { names in other.fileNames.map { names + $0 } }
      if other.classNames.count > result.classNames.count { result.classNames = other.classNames }
    }
    result.part = part
    return result
  }
}

/// A shape as people write sizes: "3 x 32 x 32".
func sizeText(_ shape: [Int]) -> String {
  shape.map(String.init).joined(separator: " x ")
}
