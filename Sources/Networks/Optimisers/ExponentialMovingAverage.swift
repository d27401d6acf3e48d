import Foundation
import Torch

/// A slow copy of a network's weights: after every step it moves a little towards them.
public struct ExponentialMovingAverage {
  /// How much of the old average stays at an update.
  private enum Rule {
    case decay(Double)
    case halfLife(images: Double, batchSize: Int, rampUp: Double)
  }

  private let parameters: [Parameter]
  private let rule: Rule
  private var count = 0
  /// The averaged weights, in the order of the parameters.
  public private(set) var averages: [Tensor]

  /// An average that starts at the weights as they are.
  ///
  /// - Parameter decay: the share of the old average that stays; `min(decay, 1 - 1 / (n + 1))` is
  ///   used at update n, so that the start is forgotten (Tarvainen and Valpola, NeurIPS 2017).
  public init(of parameters: [Parameter], decay: Double) {
    self.init(of: parameters, rule: .decay(decay))
  }

  /// An average in which the share of an image halves after so many others.
  ///
  /// - Parameters:
  ///   - images: the half-life, positive.
  ///   - batchSize: images an update.
  ///   - rampUp: the longest half-life, as a share of the images seen before the update: the first
  ///     update takes the weights as they are (Karras et al., NeurIPS 2022, appendix F.2).
  public init(of parameters: [Parameter], halfLife images: Double, batchSize: Int, rampUp: Double) {
    self.init(
      of: parameters, rule: .halfLife(images: images, batchSize: batchSize, rampUp: rampUp))
  }

  private init(of parameters: [Parameter], rule: Rule) {
    self.parameters = parameters
    self.rule = rule
    averages = parameters.map { $0.value.detached().copy() }
  }

  /// The decay with which the share of an image halves after so many others.
  public static func decay(halfLife images: Double, batchSize: Int) -> Double {
    pow(0.5, Double(batchSize) / images)
  }

  /// Moves towards the weights as they are.
  public mutating func update() {
    let decay: Double
    switch rule {
    case .decay(let limit): decay = min(limit, 1 - 1 / Double(count + 2))
    case .halfLife(let images, let size, let rampUp):
      let halfLife = min(images, rampUp * Double(count * size))
      decay = Self.decay(halfLife: halfLife, batchSize: size)
    }
    count += 1
    withoutGradients {
      for (average, parameter) in zip(averages, parameters) {
        average.interpolate(to: parameter.value.detached(), weight: 1 - decay)
      }
    }
  }

  /// Runs `body` with the averages in place of the weights.
  public func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    try parameters.withValues(averages, body)
  }

  /// The averages and the number of updates.
  public var state: [String: Tensor] {
    get { numbered(averages, "average").merging(["count": Tensor(count)]) { first, _ in first } }
    set {
      averages = list(newValue, "average")
      count = newValue["count"].map { Int($0.item) } ?? 0
    }
  }
}
