import Foundation
import Networks
import Perturbations
import Torch

/// MI-Face (Fredrikson, Jha and Ristenpart, CCS 2015, algorithm 1 without its auxiliary term): descends the
/// cost `c(x) = 1 - p_y(x)` in the image itself, with no prior, and keeps pixels in their range:
/// `x ← clip(x - λ ∇c(x))`.
///
/// It is the oldest baseline. Where the probability of the class is 0 to the last bits the gradient is, too,
/// and nothing happens.
public struct MIFace: Sendable, Equatable {
  /// What came of it.
  public struct Result: Sendable {
    /// The images that are handed in, `[N, …]`.
    public let images: Tensor
    /// The cost of each, in 0...1.
    public let costs: [Double]
    /// How many steps each took.
    public let iterations: [Int]
  }

  /// The most steps an image takes; 5000 in the article.
  public var iterations: Int
  /// λ; 0.1 in the article.
  public var rate: Double
  /// When an image is left as it is, and which of its iterates is handed in.
  public var stop: MIFaceStop
  /// What values pixels can take.
  public var box: ClosedRange<Double>

  /// An attack.
  public init(
    iterations: Int = 5000, rate: Double = 0.1, stop: MIFaceStop = .paper(),
    box: ClosedRange<Double> = 0...1
  ) {
    self.iterations = iterations
    self.rate = rate
    self.stop = stop
    self.box = box
  }

  /// Images that show classes, as the attack has it.
  ///
  /// Images are stepped together and stopped one by one; what becomes of one does not depend on the others.
  ///
  /// - Parameters:
  ///   - classes: y of each image, N of the classifier's.
  ///   - start: `[N, …]`, such as zeros, within ``box``.
  ///   - batchSize: how many images the classifier sees at a time.
  ///   - visit: told every step of every batch: the rows of `start` that were stepped, and their images.
  /// - Throws: ``InversionError`` for settings out of range, classes that the classifier does not have, or
  ///   another number of images; what the classifier throws.
  public func images(
    of classes: [Int], from start: Tensor, by classifier: any Classifier, batchSize: Int = 256,
    visit: (_ step: Int, _ rows: [Int], _ images: Tensor) throws -> Void = { _, _, _ in }
  ) throws -> Result {
    try check(classes, start, classifier)
    let target = Target(classifier)
    let parts = try stride(from: 0, to: classes.count, by: max(1, batchSize)).map { first in
      try attempt {
        try descend(
          Array(first..<min(first + max(1, batchSize), classes.count)), classes, start, target,
          visit)
      }
    }
    return Result(
      images: .concatenated(parts.map(\.images)), costs: parts.flatMap(\.costs),
      iterations: parts.flatMap(\.iterations))
  }

  private func check(
    _ classes: [Int], _ start: Tensor, _ classifier: any Classifier
  ) throws(InversionError) {
    guard iterations >= 1 else {
      throw .setting(name: "iterations", value: "\(iterations)", allowed: "at least 1")
    }
    guard rate > 0, rate.isFinite else {
      throw .setting(name: "rate", value: "\(rate)", allowed: "positive and finite")
    }
    try stop.check()
    guard start.rank > 1, start.size(0) == classes.count else {
      throw .counts(
        first: "images to start from", count: start.shape.first ?? 0, second: "classes",
        otherCount: classes.count)
    }
    guard !classes.isEmpty else { throw .tooFew("classes", count: 0, least: 1) }
    try classifier.check(classes)
  }

  /// The images that are still stepped.
  private struct Active {
    /// Their rows of the start.
    var rows: [Int]
    var images: Tensor
    var gradients: Tensor
    var costs: [Double]
    /// The iterates that would be handed in, and what they cost.
    var kept: Tensor
    var keptCosts: [Double]
    var watches: [MIFaceStop.Watch]

    mutating func keep(places: [Int]) {
      rows = places.map { rows[$0] }
      images = images.selecting(rows: places)
      gradients = gradients.selecting(rows: places)
      costs = places.map { costs[$0] }
      kept = kept.selecting(rows: places)
      keptCosts = places.map { keptCosts[$0] }
      watches = places.map { watches[$0] }
    }
  }

  private func descend(
    _ rows: [Int], _ classes: [Int], _ start: Tensor, _ target: Target,
    _ visit: (Int, [Int], Tensor) throws -> Void
  ) throws -> Result {
    let images = start.selecting(rows: rows).detached()
    let (costs, gradients) = try Self.slope(at: images, rows.map { classes[$0] }, target)
    var active = Active(
      rows: rows, images: images, gradients: gradients, costs: costs, kept: images,
      keptCosts: costs, watches: costs.map { MIFaceStop.Watch(stop, startingAt: $0) })
    var done: [Int: (image: Tensor, cost: Double, steps: Int)] = [:]
    var step = 0
    while !active.rows.isEmpty {
      step += 1
      active.images = (active.images - active.gradients * rate).clamped(to: box)
      (active.costs, active.gradients) = try Self.slope(
        at: active.images, active.rows.map { classes[$0] }, target)
      try visit(step, active.rows, active.images)
      keepIterates(&active)
      var going: [Int] = []
      for place in active.rows.indices {
        if active.watches[place].goesOn(after: active.costs[place]), step < iterations {
          going.append(place)
        } else {
          done[active.rows[place]] = (
            active.kept.select(place, along: 0), active.keptCosts[place], step
          )
        }
      }
      if going.count < active.rows.count, !going.isEmpty { active.keep(places: going) }
      if going.isEmpty { break }
    }
    let results = rows.compactMap { done[$0] }
    return Result(
      images: .stacked(results.map(\.image)), costs: results.map(\.cost),
      iterations: results.map(\.steps))
  }

  /// Takes the newest iterates where they are to be handed in.
  private func keepIterates(_ active: inout Active) {
    let isBetter = zip(active.costs, active.keptCosts).map { stop.keepsLast || $0 < $1 }
    let shape = [isBetter.count] + active.images.shape.dropFirst().map { _ in 1 }
    let chosen = Tensor(isBetter.map { $0 ? Float(1) : 0 }, shape: shape).greater(than: 0.5)
    active.kept = active.images.where(chosen, else: active.kept)
    active.keptCosts = zip(isBetter, zip(active.costs, active.keptCosts)).map { $0 ? $1.0 : $1.1 }
  }

  /// The costs of images and their gradients.
  private static func slope(
    at images: Tensor, _ classes: [Int], _ target: Target
  ) throws -> (costs: [Double], gradients: Tensor) {
    let column = Tensor(classes).unsqueezed(1)
    let found = try target.gradient(at: images) {
      1 - $0.softmax(along: 1).gathering(column, along: 1).squeezed(1)
    }
    return (found.losses.to(.float64).values(as: Double.self), found.gradient)
  }
}
