import Torch
import Training

/// The public images that made images are compared with at a step, `[B, C, H, W]` in the range of the data: one
/// for each example, such as the example itself.
public struct SourceImages: Sendable {
  private let choose: @Sendable (StepContext) throws -> Tensor

  /// Images that are chosen in some way.
  public init(_ choose: @escaping @Sendable (StepContext) throws -> Tensor) {
    self.choose = choose
  }

  /// The examples themselves, which are public.
  public static let examples = SourceImages { $0.batch.inputs }

  /// The images of a step, without history.
  public func images(in step: StepContext) throws -> Tensor { try choose(step).detached() }
}
