import Foundation
import Networks
import Torch
import Training

extension FrozenEncoder {
  /// The encoder that a run of `touchstone train` left in its folder.
  ///
  /// - Parameters:
  ///   - name: what it is called from now on.
  ///   - inputShape: what images it is to take, `[C, H, W]`; those that it learned from when `nil`.
  /// - Throws: ``InversionError/noEncoder(path:role:)``, ``InversionError/imageShape(encoder:shape:expected:)``,
  ///   why the weights cannot be read.
  public init(run folder: URL, name: String, inputShape: [Int]? = nil) throws {
    guard let description = ModelDescription(run: folder), description.embeddingSize != nil else {
      throw InversionError.noEncoder(path: folder.path, role: name)
    }
    if let inputShape, inputShape != description.inputShape {
      throw InversionError.imageShape(
        encoder: folder.path, shape: inputShape, expected: description.inputShape)
    }
    let encoder = try ModelRegistry.encoder(
      description.name, inputShape: description.inputShape, options: description.options,
      using: Generator(seed: 0, purpose: "weights"))
    try encoder.load(contentsOf: folder.appending(path: "model.safetensors"))
    self.init(encoder, name: name, inputShape: description.inputShape)
  }
}
