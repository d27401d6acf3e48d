import Foundation
import Torch

/// An encoder that was traced or scripted in PyTorch, or exported here.
public struct ScriptEncoder: TemplateEncoder {
  /// The file.
  public let name: String
  /// The shape of one image.
  public let inputShape: [Int]
  /// The number of coordinates of a template.
  public let templateWidth: Int
  private let module: ScriptModule

  /// An encoder from a TorchScript file, checked with some images.
  ///
  /// - Parameters:
  ///   - example: images of the data, at least two.
  ///   - width: how wide templates have to be; whatever they are when `nil`.
  /// - Throws: `ScriptError` when the file is not TorchScript or the model cannot take the images;
  ///   ``InversionError`` when its answers are no templates, have another width, or change.
  public init(
    contentsOf url: URL, example: Tensor, width: Int? = nil, device: Device = .cpu
  ) throws {
    let module = try ScriptModule(contentsOf: url, device: device)
    let answer = try withoutGradients { try module(example) }
    guard answer.rank == 2 else {
      throw InversionError.templateShape(
        encoder: url.lastPathComponent, shape: answer.shape, images: example.shape)
    }
    self.module = module
    name = url.lastPathComponent
    inputShape = Array(example.shape.dropFirst())
    templateWidth = width ?? answer.size(1)
    try checkIsDeterministic(on: example)
    try module.preferChannelsLast(trying: example)
  }

  /// The templates of images.
  public func templates(of images: Tensor) throws -> Tensor { try module(images) }

  /// A digest of all weights and running statistics.
  public func fingerprint() throws -> String { try WeightDigest.of(module.state()) }
}
