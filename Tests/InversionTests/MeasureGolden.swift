import Foundation
import Inversion
import Torch

/// Distances, PRDC and membership scores that an independent implementation computed
/// (Scripts/fixtures/inversion_measures.py).
struct MeasureGolden: Decodable {
  struct Distances: Decodable {
    var width: Int
    var real: [Double]
    var made: [Double]
    var frechet: Double
    var kernel: Double
    var reference: [Double]
    var nearestBall: [Double]

    func sets() throws -> (real: FeatureSet, made: FeatureSet) {
      func set(_ values: [Double]) throws -> FeatureSet {
        try FeatureSet(
          name: "golden", rows: Tensor(values, shape: [values.count / width, width]))
      }
      return (try set(real), try set(made))
    }
  }
  struct Membership: Decodable {
    var classes: Int
    var logits: [Double]
    var labels: [Int]
    var scores: [String: [Double]]
  }
  struct Ratio: Decodable {
    var target: [Double]
    var shadows: [[Double]]
    var isIn: [[Bool]]
    var online: [Double]
    var offline: [Double]
    var sharedOnline: [Double]
    var sharedOffline: [Double]
  }
  var distances: [Distances]
  var membership: Membership
  var ratio: Ratio

  static func load() throws -> MeasureGolden {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/inversion/measures.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }
}
