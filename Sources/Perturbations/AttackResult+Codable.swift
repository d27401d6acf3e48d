import Foundation
import Torch

/// Results go from process to process.
extension AttackResult: Codable {
  private enum Key: CodingKey {
    case indices, adversarial, success, distance, iterations, queries, gradients, brokenBy
  }

  /// Reads a result.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    self.init(
      indices: try fields.decode([Int].self, forKey: .indices),
      adversarial: try fields.decode(TensorArchive.self, forKey: .adversarial).tensor(),
      success: try fields.decode([Bool].self, forKey: .success),
      distance: try fields.decode([Double?].self, forKey: .distance),
      iterations: try fields.decode([Int].self, forKey: .iterations),
      queries: try fields.decode([Int].self, forKey: .queries),
      gradients: try fields.decode([Int].self, forKey: .gradients),
      brokenBy: try fields.decode([String?].self, forKey: .brokenBy))
  }

  /// Writes the result, with the bits of all numbers.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(indices, forKey: .indices)
    try fields.encode(TensorArchive(adversarial), forKey: .adversarial)
    try fields.encode(success, forKey: .success)
    try fields.encode(distance, forKey: .distance)
    try fields.encode(iterations, forKey: .iterations)
    try fields.encode(queries, forKey: .queries)
    try fields.encode(gradients, forKey: .gradients)
    try fields.encode(brokenBy, forKey: .brokenBy)
  }
}
