import Foundation
import Perturbations
import Torch

/// A network of closed form, with the numbers that other implementations of the attacks gave on it.
///
/// Inputs `[N, 1, 4, 4]` go through a layer of 12 hyperbolic tangents to 6 logits.
enum ToyNetwork {
  /// A number that is not where it should be in the fixture.
  struct Missing: Error { let path: [String] }

  /// The network in one precision.
  static func target(_ dtype: DType) -> Target {
    func matrix(_ rows: Int, _ columns: Int, _ value: (Double, Double) -> Double) -> Tensor {
      let values = (0..<rows).flatMap { row in
        (0..<columns).map { value(Double(row), Double($0)) }
      }
      return Tensor(values, shape: [rows, columns]).to(dtype)
    }
    let hidden = matrix(12, 16) { 1.5 * sin(0.7 * $0 + 1.3 * $1 + 0.5) }
    let hiddenBias = Tensor((0..<12).map { 0.3 * cos(Double($0)) }).to(dtype)
    let output = matrix(6, 12) { 1.5 * cos(1.1 * $0 + 0.9 * $1) }
    let outputBias = Tensor((0..<6).map { 0.2 * sin(Double($0)) }).to(dtype)
    return Target(classCount: 6) { inputs in
      inputs.flattened(from: 1).linear(hidden, bias: hiddenBias).tanh()
        .linear(output, bias: outputBias)
    }
  }

  /// The eight inputs with their classes, all of which the network gets right.
  static func batch(_ dtype: DType) throws -> Batch {
    // By the formula, since the fixture keeps nine digits.
    let inputs = (0..<8).flatMap { example in
      (0..<16).map { 0.5 + 0.35 * sin(2.1 * Double(example) + 0.8 * Double($0)) }
    }
    return Batch(
      inputs: Tensor(inputs, shape: [8, 1, 4, 4]).to(dtype), labels: try golden("y").to(.int64),
      indices: Array(0..<8))
  }

  /// Numbers of the fixture, float64: the keys that lead to them, such as `"attacks"`,
  /// `"foolbox fgm/L2 eps0.25"`, `"adv"`.
  static func golden(_ path: String...) throws -> Tensor { try golden(path) }

  /// Numbers of the fixture in the shape of the inputs, `[8, 1, 4, 4]`, float64.
  static func images(_ path: String...) throws -> Tensor {
    try golden(path).reshaped([-1, 1, 4, 4])
  }

  private static func golden(_ path: [String]) throws -> Tensor {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/evasion/toy.json")
    var found: Any? = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    for key in path { found = (found as? [String: Any])?[key] }
    switch found {
    case let rows as [[Double]]:
      return Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
    case let values as [Double]: return Tensor(values)
    case let value as Double: return Tensor([value])
    default: throw Missing(path: path)
    }
  }
}
