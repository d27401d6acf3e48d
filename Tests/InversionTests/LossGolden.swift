import Foundation

/// Losses and gradients that an independent implementation computed (Scripts/fixtures/identity_losses.py).
struct LossGolden: Decodable {
  struct Contrast: Decodable {
    var temperature: Double
    var hardest: Int?
    var identities: [Int]
    var negatives: [Double]
    var people: [Int]
    var templates: [Double]
    var targets: [Double]
    var losses: [Double]
    var gradient: [Double]
  }
  struct Perceptual: Decodable {
    var weights: [Double]
    var shapes: [[Int]]
    var first: [[Double]]
    var second: [[Double]]
    var distances: [Double]
    var gradients: [[Double]]
  }
  var contrast: [Contrast]
  var perceptual: Perceptual

  static func load() throws -> LossGolden {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/inversion/losses.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }
}
