import Foundation
import Networks
import Torch

/// Losses and gradients of ArcFace and CosFace that an independent implementation computed
/// (Scripts/fixtures/identity_losses.py).
struct MarginGolden: Decodable {
  struct Case: Decodable {
    var name: String
    var kind: String
    var scale: Double
    var margin: Double
    var embeddings: [Double]
    var directions: [Double]
    var labels: [Int]
    var width: Int
    var losses: [Double]
    var embeddingGradient: [Double]
    var directionGradient: [Double]
    var angles: [Double]
  }
  var margins: [Case]

  static func load() throws -> [Case] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/inversion/losses.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file)).margins
  }
}

/// An encoder that says the same whatever it sees.
final class FixedEmbeddings: Encoder {
  @Parameter var outputs: Tensor
  let embeddingSize: Int

  init(_ values: [Double], width: Int) {
    _outputs = Parameter(wrappedValue: Tensor(values, shape: [values.count / width, width]))
    embeddingSize = width
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { outputs }
  var scriptSource: String { "return self.outputs" }
}
