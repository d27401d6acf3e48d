import Files
import Foundation
import Torch

/// Tells weights from others, whatever they are called and in whichever file they lie.
enum WeightDigest {
  /// The SHA-256 digest of shapes and values of all tensors of floating-point numbers, as float32.
  ///
  /// Names and whole numbers, such as counts of batches, have no part in it: a copy under other names is
  /// still the same encoder.
  static func of(_ state: [String: Tensor]) throws -> String {
    let digests = try state.values.filter { $0.dtype.isFloatingPoint }.map { tensor in
      let digest = Digest(.sha256)
      digest.update("\(tensor.shape)")
      tensor.detached().to(.float32).contiguous().withUnsafeBytes(digest.update)
      return try digest.hexadecimal()
    }
    return try Digest.hexadecimal(
      .sha256, of: Array(digests.sorted().joined(separator: "\n").utf8))
  }
}
