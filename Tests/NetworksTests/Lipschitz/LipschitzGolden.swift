import Foundation
import Testing
import Torch

/// Numbers of deel-torchlip and torch in double precision, `Tests/Fixtures/lipschitz/layers.json`.
struct LipschitzGolden: Decodable {
  struct Net: Decodable {
    let logits: [Double]
    let gradient: [Double]
  }
  struct Iteration: Decodable {
    let matrix: [[Double]]
    let singular: [Double]
    let iterates: [[[Double]]]
    let converged: [[Double]]
    let polar: [[Double]]

    private enum CodingKeys: String, CodingKey {
      case matrix = "W"
      case singular
      case iterates = "iter1..3 of W/s0"
      case converged = "converged torchlip"
      case polar
    }
  }
  let bjorck: Iteration
  let lconv: [String: Double]
  let activations: [String: [[Double]]]
  let pool: [String: [[[[Double]]]]]
  let net: Net

  static func load() throws -> LipschitzGolden {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/lipschitz/layers.json")
    return try JSONDecoder().decode(LipschitzGolden.self, from: Data(contentsOf: file))
  }
}

extension Tensor {
  /// A matrix in double precision.
  convenience init(rows: [[Double]]) {
    self.init(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
  }

  /// The largest difference of two tensors.
  func distance(to other: Tensor) -> Double { (self - other).abs().max().item }
}
