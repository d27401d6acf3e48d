import Datasets
import Torch

/// The plane that all examples of a data set lie in: their two features, or two directions in a space
/// of many dimensions that all others say nothing in.
struct ExamplePlane: Sendable {
  /// What its two directions are called.
  let titles: [String]
  /// Whether a distance in the plane is one in any direction: not so for two unlike features.
  let isEuclidean: Bool
  private let shape: [Int]
  /// A point of the plane, `[D]`, float64.
  private let center: Tensor
  /// Two orthonormal directions, `[2, D]`, float64.
  private let axes: Tensor

  /// The plane, or `nil` where examples lie in none, or on a line, or are fewer than 5, which prove
  /// nothing.
  ///
  /// Of more than two features directions are the principal ones of the examples, signed so that the
  /// last class lies above the first.
  init?(holding data: Dataset) throws {
    guard data.vocabulary == nil, data.inputs.dtype != .int64, data.count >= 5 else { return nil }
    shape = data.inputShape
    let features = shape.reduce(1, *)
    guard features >= 2 else { return nil }
    guard features > 2 else {
      titles = ["feature 1", "feature 2"]
      isEuclidean = false
      center = .zeros([2], dtype: .float64)
      axes = Tensor([1.0, 0, 0, 1], shape: [2, 2])
      return
    }
    titles = ["first direction of the examples' plane", "second direction"]
    isEuclidean = true
    // A few examples tell most data apart from a plane, however many features there are.
    guard try attempt({ Self.fit(Self.rows(of: data, count: 16)) }) != nil,
      let found = try attempt({ Self.fit(Self.rows(of: data, count: 1000)) })
    else { return nil }
    center = found.center
    axes = try attempt { Self.signed(found, by: data) }
    let rest = try attempt { [center, axes] in
      let moved = Self.rows(of: data, count: data.count) - center
      let outside = moved - moved.matmul(axes.transposed()).matmul(axes)
      return (outside.squared().sum(along: 1).max() / moved.squared().sum(along: 1).max()).item
    }
    guard rest < Self.tolerance * Self.tolerance else { return nil }
  }

  /// What rounding to float32 may leave outside, in lengths of the examples.
  private static let tolerance = 1e-4

  private static func rows(of data: Dataset, count: Int) -> Tensor {
    data.batch(Array(0..<min(count, data.count))).inputs.flattened(from: 1).to(.float64)
  }

  private static func fit(_ rows: Tensor) -> (center: Tensor, axes: Tensor)? {
    let center = rows.mean(along: 0)
    let (_, lengths, directions) = (rows - center).svd()
    let values = lengths.values(as: Double.self)
    guard values.count > 2, values[1] > tolerance * values[0], values[2] <= tolerance * values[0]
    else { return nil }
    return (center, directions[0..<2])
  }

  private static func signed(_ plane: (center: Tensor, axes: Tensor), by data: Dataset) -> Tensor {
    let places = (rows(of: data, count: data.count) - plane.center)
      .matmul(plane.axes.transposed())
    let labels = data.labelValues
    func mean(of label: Int) -> Tensor? {
      let chosen = labels.indices.filter { labels[$0] == label }
      return chosen.isEmpty ? nil : places.selecting(rows: Tensor(chosen)).mean(along: 0)
    }
    guard let last = mean(of: data.classNames.count - 1), let first = mean(of: 0) else {
      return plane.axes
    }
    let signs = (last - first).values(as: Double.self).map { $0 < 0 ? -1.0 : 1.0 }
    return plane.axes * Tensor(signs, shape: [2, 1])
  }

  /// Where examples lie in the plane.
  func places(of data: Dataset) -> [SIMD2<Double>] {
    places(of: Self.rows(of: data, count: data.count))
  }

  /// Where inputs `[N, …]` lie in the plane, or what they throw on it.
  func places(of inputs: Tensor) -> [SIMD2<Double>] {
    let flat = inputs.to(.float64).flattened(from: 1) - center
    let values = flat.matmul(axes.transposed()).values(as: Double.self)
    return (0..<inputs.size(0)).map { SIMD2(values[2 * $0], values[2 * $0 + 1]) }
  }

  /// The inputs at some places of the plane, `[N, …]`, float32.
  func inputs(at places: [SIMD2<Double>]) -> Tensor {
    let rows = Tensor(places.flatMap { [$0.x, $0.y] }, shape: [places.count, 2])
    return (rows.matmul(axes) + center).to(.float32).reshaped([places.count] + shape)
  }
}
