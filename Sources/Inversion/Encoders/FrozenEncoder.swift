import Networks
import Torch

/// An encoder that was trained here.
///
/// It is Sendable as `FrozenNetwork` is: whoever makes one promises not to train the network while it is
/// in use.
public struct FrozenEncoder: TemplateEncoder, @unchecked Sendable {
  /// What it is called.
  public let name: String
  /// The shape of one image.
  public let inputShape: [Int]
  /// The number of coordinates of a template.
  public let templateWidth: Int
  package let network: any Layer

  /// A view of an encoder.
  public init(_ encoder: any Encoder, name: String = "encoder", inputShape: [Int]) {
    network = encoder.frozen()
    self.name = name
    self.inputShape = inputShape
    templateWidth = encoder.embeddingSize
  }

  /// The templates of images.
  public func templates(of images: Tensor) throws -> Tensor { try attempt { network(images) } }

  /// A digest of all weights and running statistics.
  public func fingerprint() throws -> String { try WeightDigest.of(network.state()) }
}
