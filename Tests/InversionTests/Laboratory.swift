import Foundation
import Inversion
import Networks
import Statistics
import Torch

/// Small encoders and images with which everything can be counted by hand.
enum Laboratory {
  /// An encoder that hands its pixels through: images `[N, 1, 1, D]` are their own templates.
  static func identity(_ width: Int = 2, name: String = "pixels") -> FunctionEncoder {
    FunctionEncoder(name: name, inputShape: [1, 1, width], templateWidth: width) {
      $0.flattened(from: 1)
    }
  }

  /// Images `[N, 1, 1, 2]` at angles in degrees.
  static func images(_ degrees: [Double]) -> Tensor {
    Tensor(
      degrees.flatMap { [cos($0 * .pi / 180), sin($0 * .pi / 180)] },
      shape: [degrees.count, 1, 1, 2])
  }

  /// An encoder with random weights for images of 16 pixels a side.
  static func encoder(seed: UInt64 = 1, width: Int = 4) -> IdentityCNN {
    IdentityCNN(
      side: 16, embeddingSize: 12, width: width, using: Generator(seed: seed, purpose: "weights"))
  }

  static func noise(_ shape: [Int], _ type: DType = .float32) -> Tensor {
    .uniform(shape, dtype: type, using: Generator(seed: 5, purpose: "noise"))
  }

  /// Runs `body` with a folder that is removed afterwards.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "inversion-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

func areClose(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-10) -> Bool {
  left.count == right.count
    && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

extension Laboratory {
  /// A system that accepts from some scores on, at false match rates of 0.4, 0.3 and so on.
  static func thresholds(_ values: Double...) throws -> SystemThresholds {
    // One impostor pair just below each score is what such a threshold would come from.
    SystemThresholds(
      try values.enumerated().map { place, value in
        try VerificationThreshold(
          impostorScores: [value.nextDown, -1], falseMatchRate: 0.4 - 0.1 * Double(place))
      }, identityCount: 2)
  }
}
