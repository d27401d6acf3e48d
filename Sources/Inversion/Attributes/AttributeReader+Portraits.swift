import Datasets
import Foundation
import Networks
import Torch

extension AttributeReader {
  /// The numbers of portraits that are read, in the order of `PortraitNuisance.vector` without the background.
  private static let circumstances = [
    Group("pose", count: 2), Group("expression", count: 1), Group("light", count: 2),
  ]

  /// A reader of pose, expression and light that is trained on portraits whose circumstances are known: the note's
  /// MediaPipe and 3DDFA are not differentiable, and their models not ours to ship.
  ///
  /// - Parameters:
  ///   - portraits: public people.
  ///   - seed: of people and pictures.
  ///   - file: where weights are kept; with what is there already nothing is trained.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``; `ProceduralError`; what libtorch reports.
  public init(
    learningFrom portraits: Portraits, seed: UInt64,
    settings: AttributeOracle.Settings = .init(), context: Context = Context(), file: URL? = nil
  ) throws {
    let count = Self.circumstances.reduce(0) { $0 + $1.count }
    let network = try PortraitRegression(outputs: count, settings).trained(
      on: portraits, seed: seed, context: context, file: file,
      truth: { Array($0.nuisance.vector.prefix(count)) },
      loss: { outputs, truth in outputs.squaredError(to: truth) })
    let frozen = FrozenRegressor(network: network)
    try self.init(name: "pose, expression and light", groups: Self.circumstances) { images in
      try attempt { frozen.network(images) }
    }
  }

  /// A network that is not trained any longer.
  private struct FrozenRegressor: @unchecked Sendable {
    let network: any Layer
  }
}
