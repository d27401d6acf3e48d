import Diffusion
import Torch
import Training

/// The images that an attack has made at a step, in the range of the data, `[B, C, H, W]`, with their history; and
/// of which class each is to be, which is the label of its example.
///
/// Terms that name the same images see the same ones, made once a step.
public struct MadeImages: Sendable {
  /// The name by which steps share them.
  public let name: String
  private let make: @Sendable (StepContext) throws -> Tensor

  /// Images that are made in some way, such as by a sampler through which gradients go.
  ///
  /// - Parameter make: to one image for each labelled example of the step.
  public init(_ name: String, make: @escaping @Sendable (StepContext) throws -> Tensor) {
    self.name = name
    self.make = make
  }

  /// Images that one denoising step makes of the examples with noise, those of a `Denoising` term with the same
  /// draw. At much noise they are means of many images; samples are what is to be judged.
  public static func denoised(_ draw: NoiseDraw) -> MadeImages {
    MadeImages("denoised.\(draw.name)") { step in
      draw.range.values(try step.denoised(by: draw, for: "made images").estimate)
    }
  }

  /// The images of a step.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)`` unless there is one for each example;
  ///   what making them throws.
  public func images(in step: StepContext) throws -> Tensor {
    try step.shared("images.\(name)") {
      let images = try make(step)
      guard images.rank == 4, images.size(0) == step.batch.count else {
        throw InversionError.counts(
          first: "images", count: images.shape.first ?? 0, second: "examples",
          otherCount: step.batch.count)
      }
      return images
    }
  }
}
