import Foundation
import Networks
import Torch

/// What an attack spent: how often the target was asked, and how long it took.
public struct InversionBudget: Sendable, Equatable, Codable {
  /// The images that the target was shown.
  public var forward: Int
  /// Those of them through which a gradient could be taken. An attack may take fewer.
  public var backward: Int
  /// Seconds by the clock.
  public var seconds: Double
  /// Seconds of all processor cores together.
  public var processorSeconds: Double

  /// A budget.
  public init(
    forward: Int = 0, backward: Int = 0, seconds: Double = 0, processorSeconds: Double = 0
  ) {
    self.forward = forward
    self.backward = backward
    self.seconds = seconds
    self.processorSeconds = processorSeconds
  }

  /// What two attacks spent together.
  public func adding(_ other: InversionBudget) -> InversionBudget {
    InversionBudget(
      forward: forward + other.forward, backward: backward + other.backward,
      seconds: seconds + other.seconds,
      processorSeconds: processorSeconds + other.processorSeconds)
  }

  /// Runs an attack and says what it spent. No result depends on the clock.
  ///
  /// - Parameter body: gets the target as it should be asked, which counts.
  public static func spent<Result>(
    on target: any Classifier, _ body: (any Classifier) throws -> Result
  ) rethrows -> (result: Result, budget: InversionBudget) {
    let counted = CountedClassifier(target)
    var (result, budget) = try timed { try body(counted) }
    (budget.forward, budget.backward) = counted.counts
    return (result, budget)
  }

  /// Runs work and says how long it took. No result depends on the clock.
  static func timed<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, budget: InversionBudget) {
    let start = (ContinuousClock.now, clock())
    let result = try body()
    let elapsed = start.0.duration(to: .now) / .seconds(1)
    return (
      result,
      InversionBudget(
        seconds: elapsed,
        processorSeconds: Double(clock() - start.1) / Double(CLOCKS_PER_SEC))
    )
  }
}

/// A classifier that counts the images it is shown, from any thread.
public final class CountedClassifier: Classifier {
  private let classifier: any Classifier
  private let box: WhiteBox
  private let counter = QueryCounter()

  /// A view of a classifier.
  public init(_ classifier: any Classifier) {
    self.classifier = classifier
    box = WhiteBox(classifier)
  }

  /// The number of classes.
  public var classCount: Int { classifier.classCount }
  /// The shape of one input.
  public var inputShape: [Int] { classifier.inputShape }
  /// The images so far, and those of them that gradients could be taken through.
  public var counts: (forward: Int, backward: Int) { counter.counts }

  /// The logits of inputs.
  public func logits(_ inputs: Tensor) throws -> Tensor {
    counter.count(inputs)
    return try classifier.logits(inputs)
  }

  /// Weights and buffers by name.
  public func state() throws -> [String: Tensor]? { try classifier.state() }

  /// The same classifier as losses see it, with features and its last layer, in the same count.
  public var model: TargetModel {
    TargetModel(name: box.name, directions: box.directions) { [box, counter] images in
      counter.count(images)
      return try box.answers(to: images)
    }
  }

  /// What its last layer sees of many images, without history, `[N, D]`.
  public func features(of images: Tensor) throws -> Tensor {
    counter.count(images)
    return try box.features(of: images)
  }
}

/// Counts images, from any thread.
final class QueryCounter: @unchecked Sendable {
  private let lock = NSLock()
  private var forward = 0
  private var backward = 0

  var counts: (forward: Int, backward: Int) { lock.withLock { (forward, backward) } }

  func count(_ images: Tensor) {
    let (count, hasGradient) = (images.shape.first ?? 0, images.requiresGradient)
    lock.withLock {
      forward += count
      if hasGradient { backward += count }
    }
  }
}
