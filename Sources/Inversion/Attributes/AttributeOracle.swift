import Datasets
import Foundation
import Networks
import Torch

/// A network that reads the traits of people off portraits, trained on pictures of other people whose traits
/// are known.
///
/// It is Sendable as `FrozenNetwork` is: it is trained once, by its initialiser.
public struct AttributeOracle: @unchecked Sendable {
  /// How it is trained.
  public struct Settings: Sendable, Equatable {
    /// How many pictures are drawn.
    public var pictures = 20_000
    /// How often each is seen.
    public var epochs = 8
    /// Pictures a step.
    public var batchSize = 32
    /// The learning rate at the start, which falls to zero along half a cosine.
    public var learningRate = 2e-3
    /// The channels of the first convolution.
    public var width = 32

    /// The defaults.
    public init() {}
  }

  private let network: any Layer
  private static let traits = PortraitIdentity.Trait.allCases.count

  /// Trains an oracle on portraits of many people; a few it would learn by heart.
  ///
  /// - Parameters:
  ///   - portraits: whom it learns from, such as the public pool.
  ///   - seed: of people and pictures.
  ///   - context: the seed of weights and order.
  ///   - file: where weights are kept; with what is there already nothing is trained.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``; `ProceduralError`; what libtorch reports.
  public init(
    learningFrom portraits: Portraits, seed: UInt64, settings: Settings = Settings(),
    context: Context = Context(), file: URL? = nil
  ) throws {
    let names = PortraitIdentity.names.count
    self.network = try PortraitRegression(outputs: names, settings).trained(
      on: portraits, seed: seed, context: context, file: file,
      truth: { $0.identity.vector }, loss: Self.loss)
  }

  /// The squared error of traits and the cross-entropy of glasses and beard.
  private static func loss(_ outputs: Tensor, _ truth: Tensor) -> Tensor {
    let width = outputs.size(1)
    return outputs.narrowed(to: 0..<traits, along: 1)
      .squaredError(to: truth.narrowed(to: 0..<traits, along: 1))
      + outputs.narrowed(to: traits..<width, along: 1)
      .binaryCrossEntropy(truth.narrowed(to: traits..<width, along: 1)) * 0.2
  }

  /// What is read off images `[N, C, S, S]` in 0...1: for each the 16 numbers of `PortraitIdentity.vector`,
  /// those of glasses and beard as probabilities.
  ///
  /// - Throws: what libtorch reports for images of another size.
  public func read(_ images: Tensor, batchSize: Int = 256) throws -> [[Double]] {
    try stride(from: 0, to: images.size(0), by: max(1, batchSize)).flatMap { start in
      let width = PortraitIdentity.names.count
      // Shapes are asked for outside: after a failure there is nothing to ask.
      let all = try attempt {
        withoutGradients {
          let part = images[start..<min(start + max(1, batchSize), images.size(0))].contiguous()
          let outputs = network(part)
          return Tensor.concatenated(
            [
              outputs.narrowed(to: 0..<Self.traits, along: 1).clamped(to: -1...1),
              outputs.narrowed(to: Self.traits..<width, along: 1).sigmoid(),
            ], along: 1)
        }
      }
      let values = all.to(.float64).values(as: Double.self)
      return (0..<all.size(0)).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
  }

  /// The errors of what is read off images of people.
  ///
  /// - Throws: ``InversionError``, what libtorch reports.
  public func errors(of images: Tensor, truth: [PortraitIdentity]) throws -> AttributeErrors {
    try AttributeErrors(read(images), truth: truth)
  }

  /// How well it reads new portraits of people it has not learned from: what no reconstruction can be above.
  ///
  /// - Parameter portraits: of other people than it learned from.
  /// - Throws: `ProceduralError`, ``InversionError``.
  public func ceiling(
    on portraits: Portraits, count: Int = 1000, seed: UInt64
  ) throws -> AttributeErrors {
    let sample = try portraits.draw(count, seed: seed, part: .test)
    return try errors(
      of: Tensor(sample.inputs, shape: sample.shape), truth: sample.truth.map(\.identity))
  }
}
