import Foundation
import Inversion
import Networks

extension TemplateRecipe.Perception {
  /// What is trained for the loss, and for the measure with the next seed; nothing where a file is given.
  var networks: [(role: String, settings: EncoderSettings)] {
    guard lpips == nil, script == nil else { return [] }
    var other = network
    other.seed &+= 1
    return [("perception", network), ("perceptual judge", other)]
  }

  /// What losses compare images by, and what they are measured by: another network, where they are trained here.
  /// `nil` when somebody asked to stop.
  ///
  /// - Throws: why a file cannot be read, what training throws.
  func distances(
    on shelf: EncoderShelf
  ) throws -> (loss: PerceptualDistance, judge: PerceptualDistance)? {
    if let lpips {
      let distance = try PerceptualDistance(lpips: URL(filePath: lpips))
      return (distance, distance)
    }
    if let script {
      let distance = try PerceptualDistance(script: URL(filePath: script), layers: layers)
      return (distance, distance)
    }
    let found = try networks.compactMap {
      try shelf.network($0.settings, as: $0.role) as? IdentityCNN
    }
    guard found.count == 2 else { return nil }
    return (try PerceptualDistance(found[0]), try PerceptualDistance(found[1]))
  }
}
