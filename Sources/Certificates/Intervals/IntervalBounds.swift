import Foundation
import Networks
import Perturbations
import Torch

/// Interval bound propagation: boxes around activations, layer by layer.
///
/// Gowal et al., "On the effectiveness of interval bound propagation for training verifiably robust
/// models" (2018). An example is certified at a radius when, for every input of the ball that lies in the
/// box of the data, a lower bound on the difference between the true logit and every other is positive.
/// The last linear layer is merged into these differences (section 3, "elision of the last layer").
/// Bounds grow with the radius, so the largest certified one is found by bisection. They hold for the
/// network as single precision computes it, see `Rounding`.
public struct IntervalBounds: Certificate {
  /// The values that inputs can take; `nil` when there is no limit.
  public var box: ClosedRange<Double>?
  /// The smallest radius that is looked for, in units of the box's width, or of 1 without a box: what
  /// is not certified there counts as 0.
  public var smallestRadius: Double
  /// How often the factor between the smallest and the largest radius is halved, in octaves.
  public var bisections: Int

  /// The certificate.
  public init(
    box: ClosedRange<Double>? = nil, smallestRadius: Double = 0x1p-20, bisections: Int = 16
  ) {
    self.box = box
    self.smallestRadius = smallestRadius
    self.bisections = bisections
  }

  /// `intervals`.
  public var name: String { "intervals" }

  /// The maximum norm.
  public var norms: [String] { ["linf"] }

  /// All settings.
  public var settings: [(name: String, value: String)] {
    [
      ("box", box.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "none"),
      ("smallestRadius", "\(smallestRadius)"), ("bisections", "\(bisections)"),
    ]
  }

  /// The largest certified radius of every example, from below.
  ///
  /// It is infinite where the whole box is certified. Without a box no larger radius is tried than one
  /// over the smallest.
  public func certify(
    _ classifier: any Classifier, _ batch: Batch, context: Context,
    progress: (@Sendable (_ done: Int) -> Void)?
  ) throws -> CertifiedResult {
    try validate()
    let tally = Tally(progress)
    return try map(classifier, batch, context) { network, chunk in
      let logits = try classifier.logits(chunk.inputs)
      let predicted = logits.argmax(along: 1).values(as: Int.self)
      let correct = Target.isCorrect(logits, chunk.labels).values(as: Bool.self)
      var radii = correct.map { _ in 0.0 }
      let rows = correct.indices.filter { correct[$0] }
      if !rows.isEmpty {
        for (row, radius) in zip(rows, try largestRadii(network, chunk.selecting(rows))) {
          radii[row] = radius
        }
      }
      tally.add(chunk.count)
      return CertifiedResult(
        method: name, norm: "linf", guarantee: .deterministic, indices: chunk.indices,
        predicted: predicted, correct: correct, radius: radii)
    }
  }

  /// Whether each example is right under every perturbation of at most a length.
  ///
  /// - Throws: as ``certify(_:_:context:progress:)``, and for a radius that is negative or not a number.
  public func certifies(
    _ classifier: any Classifier, _ batch: Batch, radius: Double, context: Context
  ) throws -> [Bool] {
    try validate()
    guard radius >= 0, radius.isFinite else {
      throw CertificateError.setting(name: "the radius", value: radius, allowed: "zero or positive")
    }
    return try map(classifier, batch, context) { network, chunk in
      let holds = try holds(network, chunk, radii: chunk.indices.map { _ in radius })
      return CertifiedResult(
        method: name, norm: "linf", guarantee: .deterministic, indices: chunk.indices,
        predicted: zip(holds, chunk.labels.values(as: Int.self)).map { $0 ? $1 : nil },
        correct: holds, radius: holds.map { $0 ? radius : 0 })
    }.correct
  }

  private func validate() throws(CertificateError) {
    guard smallestRadius > 0, smallestRadius <= 1 else {
      throw .setting(
        name: "the smallest radius", value: smallestRadius, allowed: "above 0 and at most 1")
    }
    guard bisections >= 0 else {
      throw .setting(name: "bisections", value: Double(bisections), allowed: "at least 0")
    }
  }

  private func map(
    _ classifier: any Classifier, _ batch: Batch, _ context: Context,
    _ body: @escaping @Sendable (FrozenNetwork, Batch) throws -> CertifiedResult
  ) throws -> CertifiedResult {
    let network = try network(of: classifier) {
      ($0 as? Activation).map { $0.curve != nil } ?? ($0 is any IntervalBounded)
    }
    try check(batch)
    // Of an example outside of the box nothing would be proven.
    if let box {
      try Ball(LInf(), radius: 0, box: box).validate(batch.inputs, indices: batch.indices)
    }
    guard batch.count > 0 else { return try body(network, batch) }
    return .joined(
      try AttackEngine().map(batch, context: context) { chunk in
        try withoutGradients { try body(network, chunk) }
      })
  }

  /// Bisection of the radius's logarithm, for all examples of a chunk at once.
  private func largestRadii(_ network: FrozenNetwork, _ chunk: Batch) throws -> [Double] {
    let width = box.map { $0.upperBound - $0.lowerBound } ?? 1
    let top = box == nil ? width / smallestRadius : width
    var low = chunk.indices.map { _ in smallestRadius * width }
    var high = low.map { _ in top }
    let atLow = try holds(network, chunk, radii: low)
    let rows = atLow.indices.filter { atLow[$0] }
    var result = low.map { _ in 0.0 }
    guard !rows.isEmpty else { return result }
    let examples = chunk.selecting(rows)
    low = rows.map { low[$0] }
    high = rows.map { high[$0] }
    for (row, isAll) in try holds(network, examples, radii: high).enumerated() where isAll {
      low[row] = high[row]
    }
    for _ in 0..<bisections where low != high {
      let middle = zip(low, high).map { ($0 * $1).squareRoot() }
      for (row, isCertified) in try holds(network, examples, radii: middle).enumerated()
      where low[row] < high[row] {
        if isCertified { low[row] = middle[row] } else { high[row] = middle[row] }
      }
    }
    for (row, radius) in zip(rows, low) {
      // A ball as wide as the box holds all inputs there are.
      result[row] = box != nil && radius >= top ? .infinity : radius
    }
    return result
  }

  private func holds(_ network: FrozenNetwork, _ chunk: Batch, radii: [Double]) throws -> [Bool] {
    let inputs = Intervals(around: chunk.inputs, radii: radii, box: box)
    return try MarginBounds.lower(network.network, inputs, classes: chunk.labels)
      .greater(than: 0).values(as: Bool.self)
  }
}
