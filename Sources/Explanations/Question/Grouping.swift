import Perturbations
import Torch

/// Which features are taken away together.
public enum Grouping: Sendable {
  /// The cells of a grid over the picture; as many stretches of neighbours where inputs are no pictures.
  case grid(rows: Int, columns: Int)
  /// Every place by itself.
  case each
  /// The number of every place's group from 0, int64, in the shape `[H, W]` of a picture or of one input.
  case numbers(Tensor)

  /// A grouping from `7` (a grid of 7 x 7), `3x4` or `each`.
  public init?(text: String) {
    if text == "each" {
      self = .each
      return
    }
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count <= 2, let rows = sides.first ?? nil, let columns = sides.last ?? nil,
      rows >= 1, columns >= 1
    else { return nil }
    self = .grid(rows: rows, columns: columns)
  }

  /// The grouping as ``init(text:)`` reads it.
  public var text: String {
    switch self {
    case .grid(let rows, let columns): rows == columns ? "\(rows)" : "\(rows)x\(columns)"
    case .each: "each"
    case .numbers: "given"
    }
  }

  /// What options say they may be.
  static let allowed = "a grid such as 7 or 3x4, or each"

  /// The groups of inputs of a shape.
  func groups(of places: Places, method: String) throws(ExplanationError) -> Groups {
    switch self {
    case .each: return Groups(places: places, numbers: Array(0..<places.count))
    case .numbers(let tensor):
      let expected = places.arePixels ? [places.height, places.width] : places.shape
      guard tensor.shape == expected else {
        throw .shape(name: "numbers of groups", shape: tensor.shape, expected: "\(expected)")
      }
      let numbers = tensor.values(as: Int.self)
      let count = (numbers.max() ?? 0) + 1
      guard Set(numbers) == Set(0..<max(count, 1)) else {
        throw .shape(
          name: "numbers of groups", shape: tensor.shape,
          expected: "whole numbers from 0 without a gap")
      }
      return Groups(places: places, numbers: numbers)
    case .grid(let rows, let columns):
      let (rows, columns) = places.arePixels ? (rows, columns) : (1, rows * columns)
      guard rows <= places.height, columns <= places.width else {
        throw .grid(
          method: method, rows: rows, columns: columns, height: places.height, width: places.width)
      }
      let numbers = (0..<places.count).map { place in
        place / places.width * rows / places.height * columns
          + place % places.width * columns / places.width
      }
      return Groups(places: places, numbers: numbers)
    }
  }
}

/// Groups of places of inputs of one shape.
struct Groups: Sendable {
  let places: Places
  /// The group of every place.
  let numbers: [Int]
  /// How many groups there are.
  let count: Int
  private let index: Tensor

  init(places: Places, numbers: [Int]) {
    self.places = places
    self.numbers = numbers
    count = (numbers.max() ?? -1) + 1
    index = Tensor(numbers)
  }

  /// Values of groups `[R, M]` as values of places `[R, P]`.
  func spread(_ values: Tensor) -> Tensor {
    values.selecting(index.to(values.device), along: 1)
  }

  /// The sums of values of places `[R, P]` over every group, `[R, M]`.
  func sums(_ values: Tensor) -> Tensor {
    let zeros = Tensor.zeros([values.size(0), count], dtype: values.dtype, device: values.device)
    return zeros.adding(values, at: index.to(values.device), along: 1)
  }
}

extension AttackOption {
  /// Which features are taken away together.
  init(grouping path: any WritableKeyPath<Owner, Grouping> & Sendable) {
    self.init("grid", allowed: Grouping.allowed, "Which features are taken away together.") {
      $0[keyPath: path].text
    } change: { owner, text in
      guard let grouping = Grouping(text: text) else { return false }
      owner[keyPath: path] = grouping
      return true
    }
  }
}
