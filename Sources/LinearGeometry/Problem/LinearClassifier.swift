import Torch

/// A hyperplane `w·x + b = 0` between two classes, with its scale.
public struct LinearClassifier: Sendable {
  /// w, `[D]`, float64.
  public let weight: Tensor
  /// b.
  public let bias: Double
  /// |w|, by which scores are longer than distances.
  public let norm: Double

  /// A classifier from its parts; the weight is taken in double precision.
  public init(weight: Tensor, bias: Double) {
    self.weight = weight.flattened().to(.float64)
    self.bias = bias
    norm = self.weight.norm().item
  }

  /// ŵ, the unit normal, `[D]`; not a number where the weight is zero.
  public var direction: Tensor { weight / norm }

  /// b' = b / |w|, the signed distance of the origin.
  public var offset: Double { bias / norm }

  /// s(x) = w·x + b of inputs `[N, …]`, `[N]` float64.
  public func scores(_ inputs: Tensor) -> Tensor {
    inputs.reshaped(inputs.size(0), -1).to(.float64).matmul(weight) + bias
  }

  /// d(x) = s(x) / |w|, the signed distances of inputs `[N, …]` from the boundary.
  public func distances(_ inputs: Tensor) -> Tensor { scores(inputs) / norm }

  /// x_p = x - d(x) ŵ: the nearest points of the boundary, in the shape of the inputs, float64.
  public func projected(_ inputs: Tensor) -> Tensor { moved(inputs, byDistances: 1) }

  /// x_m = x - 2 d(x) ŵ: the mirror images behind the boundary, in the shape of the inputs, float64.
  public func mirrored(_ inputs: Tensor) -> Tensor { moved(inputs, byDistances: 2) }

  private func moved(_ inputs: Tensor, byDistances factor: Double) -> Tensor {
    let way = distances(inputs).unsqueezed(1) * direction * factor
    return inputs.to(.float64) - way.reshaped(inputs.shape)
  }

  /// How many of the examples of class I, and of class J, lie on the wrong side or on the boundary.
  public func errors(negative: Tensor, positive: Tensor) -> (negative: Int, positive: Int) {
    func count(_ wrong: Tensor) -> Int { Int(wrong.to(.int64).sum().item) }
    return (
      count(scores(negative).greaterOrEqual(to: 0)), count(scores(positive).lessOrEqual(to: 0))
    )
  }

  /// The same hyperplane with all scores multiplied.
  public func scaled(by factor: Double) -> LinearClassifier {
    LinearClassifier(weight: weight * factor, bias: bias * factor)
  }
}
