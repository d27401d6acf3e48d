import Foundation
import Networks
import Torch

/// How different two images look to a network: the distances of what some of its layers say, each layer's
/// channels brought to length 1 at every place (Zhang et al., CVPR 2018, equation 1).
///
/// `Σ_l α_l · mean_hw Σ_c (ŷ - ŷ₀)²`; zero for equal images, and the lower the more alike. Channels are not
/// weighted: the weights of the article were fitted to people's judgements, which a network that was trained
/// here does not have. It is called LPIPS only when a user's own LPIPS computes it.
public struct PerceptualDistance: Sendable {
  /// What computed it, for results.
  public let name: String
  private let function: @Sendable (Tensor, Tensor) throws -> Tensor
  /// What places images so that their squared distances are the perceptual ones, where there is such.
  let embedding: PerceptualEmbedding?

  /// The layers' weights of the design, from the first layer to the last.
  public static let standardWeights = [0.2, 0.5, 0.3]

  /// A distance.
  ///
  /// - Parameter function: from two images `[N, C, H, W]` each to `[N]`.
  public init(name: String, function: @escaping @Sendable (Tensor, Tensor) throws -> Tensor) {
    self.init(name: name, function: function, embedding: nil)
  }

  private init(
    name: String, function: @escaping @Sendable (Tensor, Tensor) throws -> Tensor,
    embedding: PerceptualEmbedding?
  ) {
    self.name = name
    self.function = function
    self.embedding = embedding
  }

  /// The distance of each pair of images, `[N]`, with its history where gradients are recorded.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)`` for images of different shapes; what
  ///   the network throws.
  public func callAsFunction(_ images: Tensor, _ others: Tensor) throws -> Tensor {
    guard images.shape == others.shape, images.rank == 4 else {
      throw InversionError.counts(
        first: "images", count: images.shape.first ?? 0, second: "images to compare with",
        otherCount: others.shape.first ?? 0)
    }
    return try function(images, others)
  }

  /// A distance by what layers of a network say.
  ///
  /// - Parameters:
  ///   - weights: α, one a layer.
  ///   - features: from images to what each layer says, `[N, C, h, w]`.
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for weights that are not positive.
  public init(
    name: String, weights: [Double] = standardWeights,
    features: @escaping @Sendable (Tensor) throws -> [Tensor]
  ) throws(InversionError) {
    guard !weights.isEmpty, weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw .setting(name: "layer weights", value: "\(weights)", allowed: "not negative")
    }
    let heard: @Sendable (Tensor) throws -> [Tensor] = { images in
      let layers = try features(images)
      guard layers.count == weights.count else {
        throw InversionError.counts(
          first: "layers", count: layers.count, second: "weights", otherCount: weights.count)
      }
      return layers
    }
    let embedding = PerceptualEmbedding { images in
      let layers = try heard(images)
      return try attempt {
        .concatenated(zip(weights, layers).map { Self.row($1, weight: $0) }, along: 1)
      }
    }
    self.init(
      name: name,
      function: { images, others in
        let (first, second) = (try heard(images), try heard(others))
        return try attempt { () -> Tensor in
          let parts = zip(weights, zip(first, second)).map { weight, pair in
            Self.layer(pair.0, pair.1) * weight
          }
          return parts.dropFirst().reduce(parts[0], +)
        }
      }, embedding: embedding)
  }

  /// The distance of one layer, `[N]`.
  static func layer(_ features: Tensor, _ others: Tensor) -> Tensor {
    (unitChannels(features) - unitChannels(others)).squared()
      .sum(along: 1).flattened(from: 1).mean(along: 1)
  }

  /// What a layer adds to a row: the mean over places is a sum of as many squares, each divided by their number.
  private static func row(_ features: Tensor, weight: Double) -> Tensor {
    let places = features.shape[2...].reduce(1, *)
    return unitChannels(features).flattened(from: 1) * (weight / Double(places)).squareRoot()
  }

  /// Channels of length 1 at every place; the root is kept away from 0, where its slope is infinite.
  private static func unitChannels(_ features: Tensor) -> Tensor {
    features
      / (features.squared().sum(along: [1], keepingDimensions: true) + 1e-10).sqrt()
  }

  /// The distance by the three stages of an encoder that was trained here on public data.
  ///
  /// - Parameters:
  ///   - encoder: not trained any longer.
  ///   - weights: of the three stages.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(
    _ encoder: IdentityCNN, weights: [Double] = standardWeights
  ) throws(InversionError) {
    let stages = Stages(layers: encoder.features.stages)
    try self.init(
      name: "perceptual distance (3 layers of a network trained on public data)", weights: weights
    ) { images in
      try attempt { stages.features(images) }
    }
  }

  /// The layers of a finished network; what is compared are the rectified units before each pooling.
  private struct Stages: @unchecked Sendable {
    let layers: [any Layer]

    func features(_ images: Tensor) -> [Tensor] {
      var heard: [Tensor] = []
      var value = images
      for layer in layers {
        value = layer(value, .evaluation)
        if layer is Activation { heard.append(value) }
      }
      return heard
    }
  }
}
