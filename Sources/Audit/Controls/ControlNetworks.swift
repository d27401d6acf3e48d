import Datasets
import Foundation
import Networks

/// The trained networks that controls are made of, on the built-in drawn digits: trained at their first use
/// and kept.
public struct ControlNetworks: Sendable {
  /// The radius of the self-test, in the maximum norm: the undefended network stands nothing there, and
  /// adversarial training most of it, as at 0.3 on MNIST.
  public static let radius = 0.1

  static let singleStep = ReferenceModel.Training.singleStep(radius: radius)
  static let projected = ReferenceModel.Training.projected(radius: radius, steps: 7)
  static let all: [ReferenceModel.Training] = [.clean, singleStep, projected]

  private let cache: URL

  /// Networks in a folder.
  public init(cache: URL) { self.cache = cache }

  /// The examples the controls are judged on.
  public func testData(count: Int) throws -> Dataset {
    try ReferenceModel(cache: cache).testData(count: count)
  }

  /// A network that was trained in some way.
  public func network(_ training: ReferenceModel.Training) throws -> FrozenNetwork {
    try ReferenceModel(cache: cache, training: training).classifier()
  }

  /// Trains a network that has not been trained before.
  func train(_ training: ReferenceModel.Training, progress: (String) -> Void) throws {
    let model = ReferenceModel(cache: cache, training: training)
    guard !model.isCached else { return }
    progress("training: \(training.name)")
    _ = try model.classifier()
  }
}
