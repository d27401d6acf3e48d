import Foundation
import Torch

/// What stands in for features that are taken away.
public enum Baseline: Sendable {
  /// One number everywhere.
  case constant(Double)
  /// The mean of every channel of the example itself; of all features where inputs are no pictures.
  case mean
  /// The example itself through a Gaussian blur of a standard deviation in pixels, as the authors of RISE
  /// insert into; pictures alone.
  case blurred(Double)
  /// The same input for all examples, in the shape of one.
  case input(Tensor)

  /// A baseline from a number such as `0`, `mean`, or `blur:5`.
  public init?(text: String) {
    if text == "mean" {
      self = .mean
    } else if let number = Double(text), number.isFinite {
      self = .constant(number)
    } else if text.hasPrefix("blur:"), let deviation = Double(text.dropFirst(5)) {
      self = .blurred(deviation)
    } else {
      return nil
    }
  }

  /// The baseline as ``init(text:)`` reads it.
  public var text: String {
    switch self {
    case .constant(let value): "\(value)"
    case .mean: "mean"
    case .blurred(let deviation): "blur:\(deviation)"
    case .input: "an input"
    }
  }

  func validate(_ shape: [Int]) throws(ExplanationError) {
    switch self {
    case .constant, .mean: break
    case .blurred(let deviation):
      guard deviation > 0, deviation.isFinite else {
        throw .setting(name: "the blur", value: deviation, allowed: "above 0")
      }
      guard shape.count == 3 else {
        throw .needsPictures(method: "a blurred baseline", shape: shape)
      }
    case .input(let input):
      guard input.shape == shape else {
        throw .shape(name: "baseline", shape: input.shape, expected: "\(shape)")
      }
    }
  }

  /// What stands in for each of some inputs, in their shape.
  func values(for inputs: Tensor) -> Tensor {
    switch self {
    case .constant(let value): return Tensor.full(like: inputs, value)
    case .mean:
      let axes = inputs.rank == 4 ? [2, 3] : Array(1..<inputs.rank)
      return inputs.mean(along: axes, keepingDimensions: true).expanded(inputs.shape)
    case .blurred(let deviation): return Self.blurred(inputs, deviation)
    case .input(let input):
      return input.to(inputs.dtype).to(inputs.device).unsqueezed(0).expanded(inputs.shape)
    }
  }

  /// Rows, then columns, weighted by the normal density up to three deviations; weights that fall outside of
  /// the picture are left out.
  private static func blurred(_ inputs: Tensor, _ deviation: Double) -> Tensor {
    func matrix(_ size: Int) -> Tensor {
      var weights = [Double](repeating: 0, count: size * size)
      for row in 0..<size {
        var total = 0.0
        for column in 0..<size {
          let distance = Double(row - column)
          guard abs(distance) <= 3 * deviation else { continue }
          weights[row * size + column] = exp(-distance * distance / (2 * deviation * deviation))
          total += weights[row * size + column]
        }
        for column in 0..<size { weights[row * size + column] /= total }
      }
      return Tensor(weights, shape: [size, size]).to(inputs.dtype).to(inputs.device)
    }
    return matrix(inputs.size(2)).matmul(inputs).matmul(matrix(inputs.size(3)).transposed())
  }
}
