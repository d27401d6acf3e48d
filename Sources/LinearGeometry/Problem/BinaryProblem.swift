import Foundation
import Torch

/// Two classes of examples, between which a hyperplane is looked for: I with label -1 and J with label +1.
///
/// Features are kept in double precision, less their common mean and without those that are constant, whose
/// weight is zero. Where there are more features than examples they are turned into the space that the
/// examples span, which changes neither the minimiser nor any distance, since a minimiser of a loss with an
/// L2 penalty lies in that space.
public struct BinaryProblem: Sendable {
  /// The name of class I.
  public let negativeName: String
  /// The name of class J.
  public let positiveName: String
  /// The number of features of an example, D.
  public let featureCount: Int
  /// The examples of class I.
  public let negativeCount: Int
  /// The examples of class J.
  public let positiveCount: Int
  /// The centroid of class I, `[D]`, float64.
  public let negativeCentroid: Tensor
  /// The centroid of class J, `[D]`, float64.
  public let positiveCentroid: Tensor

  /// Reduced features, `[n, r]`, float64, class I first; their mean is zero.
  package let features: Tensor
  /// -1 or +1, `[n]`, float64.
  package let signs: Tensor
  private let centre: Tensor
  private let kept: [Int]
  /// The directions of the reduced features, `[kept, r]`, where they were turned.
  private let rotation: Tensor?

  /// A problem from the examples of two classes.
  ///
  /// - Parameters:
  ///   - negative: class I, `[N, …]` of any type; dimensions after the first are flattened.
  ///   - positive: class J, `[M, …]`.
  ///   - names: what the classes are called, also in errors.
  ///   - memoryLimit: bytes that may be used; nine tenths of what the machine has free when `nil`.
  /// - Throws: ``LinearGeometryError``: empty class, different features, not finite, no variation, memory.
  public init(
    negative: Tensor, positive: Tensor, names: (negative: String, positive: String) = ("I", "J"),
    memoryLimit: Int? = nil
  ) throws {
    for (part, name) in [(negative, names.negative), (positive, names.positive)] {
      guard part.rank > 0, part.size(0) > 0 else { throw LinearGeometryError.emptyClass(name) }
    }
    let counts = [negative, positive].map { $0.shape.dropFirst().reduce(1, *) }
    guard counts[0] == counts[1] else {
      throw LinearGeometryError.featureCounts(counts[0], counts[1])
    }
    let total = negative.size(0) + positive.size(0)
    let needed = Self.bytes(examples: total, features: counts[0])
    let available = memoryLimit ?? Self.availableMemory
    guard needed <= available else {
      throw LinearGeometryError.memory(needed: needed, available: available)
    }
    negativeName = names.negative
    positiveName = names.positive
    featureCount = counts[0]
    negativeCount = negative.size(0)
    positiveCount = positive.size(0)
    let parts = try [(negative, names.negative), (positive, names.positive)].map {
      try Self.rows($0, className: $1)
    }
    negativeCentroid = parts[0].mean(along: 0)
    positiveCentroid = parts[1].mean(along: 0)
    let all = Tensor.concatenated(parts)
    centre = all.mean(along: 0)
    let varies = all.max(along: 0).greater(than: all.min(along: 0)).values(as: Bool.self)
    kept = varies.indices.filter { varies[$0] }
    guard !kept.isEmpty else { throw LinearGeometryError.noVariation(features: featureCount) }
    let columns = Tensor(kept)
    let centred =
      (kept.count == featureCount ? all : all.selecting(columns, along: 1))
      - centre.selecting(rows: columns)
    (features, rotation) =
      kept.count > total ? try attempt { Self.turned(centred) } : (centred.contiguous(), nil)
    signs = Tensor.concatenated([
      .full([negativeCount], -1, dtype: .float64), .full([positiveCount], 1, dtype: .float64),
    ])
  }

  /// The number of examples, n.
  public var count: Int { negativeCount + positiveCount }

  /// Whether both classes have as many examples.
  public var isBalanced: Bool { negativeCount == positiveCount }

  /// u = j - i, from the centroid of class I to that of class J, `[D]`, float64.
  public var centroidDifference: Tensor { positiveCentroid - negativeCentroid }

  /// Half the distance of the centroids: the largest adversarial distance that a hyperplane can have.
  public var largestAdversarialDistance: Double { centroidDifference.norm().item / 2 }

  // MARK: Coordinates

  /// The number of reduced features, r.
  package var reducedCount: Int { features.size(1) }

  /// A classifier of inputs from one of reduced features.
  package func classifier(weight: Tensor, bias: Double) -> LinearClassifier {
    let columns = rotation.map { $0.matmul(weight) } ?? weight
    let whole =
      kept.count == featureCount
      ? columns
      : Tensor.zeros([featureCount], dtype: .float64)
        .scattering(columns, at: Tensor(kept), along: 0)
    return LinearClassifier(weight: whole, bias: bias - whole.dot(centre).item)
  }

  /// The weights of a classifier of inputs in terms of reduced features, and its bias.
  package func reduced(_ classifier: LinearClassifier) -> (weight: Tensor, bias: Double) {
    let columns =
      kept.count == featureCount
      ? classifier.weight : classifier.weight.selecting(rows: Tensor(kept))
    let bias = classifier.bias + classifier.weight.dot(centre).item
    return (rotation.map { $0.transposed().matmul(columns) } ?? columns, bias)
  }

  /// The scores of all examples, class I first, `[n]`.
  public func scores(of classifier: LinearClassifier) -> Tensor {
    let (weight, bias) = reduced(classifier)
    return features.matmul(weight) + bias
  }

  /// The examples that are reduced features turned into inputs again, `[n, D]`: for small sets.
  public var inputs: Tensor {
    let columns = rotation.map { features.matmul($0.transposed()) } ?? features
    let moved = columns + centre.selecting(rows: Tensor(kept))
    guard kept.count < featureCount else { return moved }
    return Tensor.zeros([count, featureCount], dtype: .float64)
      .adding(moved, at: Tensor(kept), along: 1) + constantPart
  }

  /// What the constant features are, `[D]`, zero elsewhere.
  private var constantPart: Tensor {
    centre
      * Tensor.ones([featureCount], dtype: .float64)
      .scattering(0, at: Tensor(kept), along: 0)
  }

  // MARK: Making

  private static func rows(_ examples: Tensor, className: String) throws -> Tensor {
    let rows = examples.reshaped(examples.size(0), -1).to(.float64)
    guard rows.sum().item.isFinite else {
      let width = rows.size(1)
      let place = rows.values(as: Double.self).firstIndex { !$0.isFinite } ?? 0
      throw LinearGeometryError.notFinite(
        className: className, example: place / width, feature: place % width)
    }
    return rows
  }

  /// Coordinates in the space that centred rows span, and its basis.
  private static func turned(_ rows: Tensor) -> (features: Tensor, rotation: Tensor?) {
    let (squares, vectors) = rows.matmul(rows.transposed()).symmetricEigen()
    let values = squares.values(as: Double.self)
    let least = (values.last ?? 0) * 1e-12
    let first = values.firstIndex { $0 > least } ?? values.count - 1
    let range = first..<values.count
    let lengths = squares[range].sqrt()
    let basis = vectors.narrowed(to: range, along: 1)
    return ((basis * lengths).contiguous(), rows.transposed().matmul(basis) / lengths)
  }

  /// Inputs, features and a copy, with the matrix that solvers factor and its factor.
  private static func bytes(examples: Int, features: Int) -> Int {
    let side = Double(min(examples, features))
    let bytes = 8 * (3 * Double(examples) * Double(features) + 3 * side * side)
    return bytes < Double(Int.max / 2) ? Int(bytes) : Int.max / 2
  }

  private static var availableMemory: Int {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let all = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return (kilobytes.map { $0 * 1024 } ?? all) / 10 * 9
  }
}
