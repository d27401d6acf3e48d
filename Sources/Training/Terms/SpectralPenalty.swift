import Networks
import Torch

/// Half the sum of the squared spectral norms of all weight matrices (Yoshida and Miyato, "Spectral
/// norm regularization", 2017). A convolution's kernel counts as the matrix `[out, in · k · k]`, as in
/// the paper; that is not the norm of the convolution.
///
/// The singular vectors come from power iteration, which goes on from step to step.
public final class SpectralPenalty: RememberingTerm {
  private var vectors: [Tensor] = []

  /// The term.
  public init() {}

  /// A square is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at weights alone.
  public var outputs: OutputKind? { nil }

  /// Half the sum over the matrices, differentiable in the weights with the vectors held.
  public func value(in step: StepContext) throws -> Tensor {
    let matrices = Self.matrices(of: step.model)
    let vectors = vectors.isEmpty ? Self.start(matrices, step) : vectors
    let squares = zip(matrices, vectors).map { matrix, vector in
      let (left, right) = Self.iterate(matrix.detached(), from: vector, count: 1)
      return left.dot(matrix.matmul(right)).squared()
    }
    guard let first = squares.first else { return .zeros([]) }
    return squares.dropFirst().reduce(first) { $0 + $1 } * 0.5
  }

  /// Moves the vectors on.
  public func didUpdate(after step: StepContext) {
    let matrices = Self.matrices(of: step.model)
    let vectors = vectors.isEmpty ? Self.start(matrices, step) : vectors
    self.vectors = zip(matrices, vectors).map {
      Self.iterate($0.detached(), from: $1, count: 1).right
    }
  }

  /// The weights with two or more dimensions, as matrices.
  static func matrices(of model: any Layer) -> [Tensor] {
    model.parameters.map(\.value).filter { $0.rank >= 2 }.map { $0.flattened(from: 1) }
  }

  private static func start(_ matrices: [Tensor], _ step: StepContext) -> [Tensor] {
    matrices.enumerated().map { index, matrix in
      let generator = Generator(
        seed: step.context.seed, purpose: "spectral-penalty", index: UInt64(index))
      let draw = Tensor.normal([matrix.size(1)], dtype: matrix.dtype, using: generator)
      return iterate(matrix.detached(), from: draw.to(matrix.device), count: 10).right
    }
  }

  /// Power iteration on `WᵀW`; the left and right singular vectors.
  private static func iterate(
    _ matrix: Tensor, from vector: Tensor, count: Int
  ) -> (left: Tensor, right: Tensor) {
    withoutGradients {
      var right = vector
      var left = unit(matrix.matmul(right))
      for _ in 0..<count {
        right = unit(matrix.transposed().matmul(left))
        left = unit(matrix.matmul(right))
      }
      return (left, right)
    }
  }

  private static func unit(_ vector: Tensor) -> Tensor {
    let length = vector.squared().sum().sqrt()
    return vector / (length + length.equal(to: 0).to(length.dtype))
  }

  /// The singular vectors.
  public var state: [String: Tensor] {
    get {
      Dictionary(uniqueKeysWithValues: vectors.enumerated().map { ("vector.\($0)", $1) })
    }
    set { vectors = (0..<newValue.count).compactMap { newValue["vector.\($0)"] } }
  }
}

extension SpectralPenalty: RegisteredTerm {
  static let name = "spectral-penalty"
  convenience init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
