import Torch

/// The plane through the origin that holds ŵ and ẑ, in which a boundary's tilt can be seen.
public struct TiltingPlane: Sendable {
  /// ẑ = (j - i) / |j - i|, `[D]`.
  public let centroidDirection: Tensor
  /// n̂, the part of w across ẑ, of length 1, `[D]`; zero where the boundary is not tilted.
  public let acrossDirection: Tensor

  /// The plane of a classifier; `nil` where the centroids coincide.
  public init?(of classifier: LinearClassifier, on problem: BinaryProblem) {
    let difference = problem.centroidDifference
    let length = difference.norm().item
    guard length > 0 else { return nil }
    let along = difference / length
    let across = classifier.weight - along * classifier.weight.dot(along).item
    let rest = across.norm().item
    centroidDirection = along
    acrossDirection =
      rest > 1e-9 * classifier.norm ? across / rest : .zeros([along.count], dtype: .float64)
  }

  /// Coordinates (along ẑ, along n̂) of inputs `[N, …]`, `[N, 2]`.
  public func coordinates(_ inputs: Tensor) -> Tensor {
    inputs.reshaped(inputs.size(0), -1).to(.float64)
      .matmul(.stacked([centroidDirection, acrossDirection], along: 1))
  }
}
