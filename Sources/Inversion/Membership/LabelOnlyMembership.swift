import Foundation
import Networks
import Perturbations
import Torch

/// Attacks that see nothing but the class a model decides for: members lie deeper inside their class
/// (Choquette-Choo et al., "Label-only membership inference attacks", ICML 2021). Hiding probabilities does
/// not help against them.
public enum LabelOnlyMembership: Sendable {
  /// The distance to the nearest input that is classified otherwise, in the norm of the ball, by an attack that
  /// looks for the shortest perturbation; 0 where the model is wrong as it is, infinite where the attack found
  /// nothing.
  case distance(any Attack, Ball)
  /// The share of shifted copies that are classified rightly: all moves by whole pixels with
  /// `|dx| + |dy| ≤ reach`, what moves in being 0. The article trains a network on the pattern of
  /// answers; their number is the same without other models.
  case shifts(reach: Int)
  /// The share of copies with normal noise that are classified rightly, for inputs that are no images.
  case noise(deviation: Double, copies: Int)

  /// What it is called in results.
  public var name: String {
    switch self {
    case .distance(let attack, _): "label-only, distance by \(attack.name)"
    case .shifts: "label-only, shifts"
    case .noise: "label-only, noise"
    }
  }

  /// HopSkipJump in the Euclidean norm, which asks for decisions alone.
  ///
  /// - Parameters:
  ///   - steps: how often the direction of the boundary is estimated.
  ///   - starts: what searches begin at; noise when `nil`, which a model may take for one class, whose examples
  ///     then have no start.
  ///   - box: the values that inputs can take; `nil` when there is no limit.
  /// - Throws: `PerturbationError`.
  public static func boundary(
    steps: Int = 10, evaluations: Int = 50, starts: StartingPool? = nil,
    box: ClosedRange<Double>?
  ) throws(PerturbationError) -> LabelOnlyMembership {
    .distance(
      HopSkipJump(
        steps: steps, evaluations: evaluations, starts: starts, stopsEarly: false),
      try Ball(L2(), radius: .infinity, box: box))
  }

  /// The score of each example, more for members, and how often the model was asked.
  ///
  /// - Throws: ``InversionError`` for settings out of range and inputs that are no images where they are
  ///   shifted; `PerturbationError`; what the classifier throws.
  public func scores(
    of classifier: any Classifier, on batch: Batch, context: Context
  ) throws -> (scores: [Double], queries: Int) {
    switch self {
    case .distance(let attack, let ball):
      let result = try AttackEngine().run(
        attack, on: Target(classifier), batch, within: ball, context: context)
      let scores = result.distance.map { $0 ?? .infinity }
      return (scores, result.queries.reduce(0, +))
    case .shifts(let reach):
      let shape = batch.inputs.shape
      guard shape.count == 4, reach >= 0, reach < min(shape[2], shape[3]) else {
        throw InversionError.setting(
          name: "reach of shifts", value: "\(reach) for inputs of shape \(shape)",
          allowed: "at least 0 and below the size of images [N, C, H, W]")
      }
      let moves = (-reach...reach).flatMap { down in
        (-reach...reach).filter { abs(down) + abs($0) <= reach }.map { (down, $0) }
      }
      return try Self.share(of: moves.count, classifier, batch) { copy in
        Self.shifted(batch.inputs, down: moves[copy].0, right: moves[copy].1, reach: reach)
      }
    case .noise(let deviation, let copies):
      guard deviation > 0, deviation.isFinite, copies >= 1 else {
        throw InversionError.setting(
          name: "noise", value: "\(deviation), \(copies) copies",
          allowed: "a positive deviation and at least one copy")
      }
      let size = batch.inputs.shape.dropFirst().reduce(1, *)
      return try Self.share(of: copies, classifier, batch) { copy in
        // An example's noise depends on the example and the copy, not on who is beside it.
        let noise = batch.indices.flatMap { index in
          var stream = RandomStream(
            seed: context.seed, purpose: "membership.noise.\(copy)", index: UInt64(index))
          return (0..<size).map { _ in Float(stream.normal() * deviation) }
        }
        return batch.inputs + Tensor(noise, shape: batch.inputs.shape)
      }
    }
  }

  private static func share(
    of copies: Int, _ classifier: any Classifier, _ batch: Batch, _ copy: (Int) throws -> Tensor
  ) throws -> (scores: [Double], queries: Int) {
    let labels = batch.labels.values(as: Int.self)
    var right = [Int](repeating: 0, count: batch.count)
    for number in 0..<copies {
      let found = try classifier.checkedLogits(of: copy(number)).argmax(along: 1)
        .values(as: Int.self)
      for (place, label) in labels.enumerated() where found[place] == label { right[place] += 1 }
    }
    return (right.map { Double($0) / Double(copies) }, copies * batch.count)
  }

  private static func shifted(
    _ images: Tensor, down: Int, right: Int, reach: Int
  ) -> Tensor {
    let (height, width) = (images.size(2), images.size(3))
    return images.padded([reach, reach, reach, reach])
      .narrowed(to: (reach - down)..<(reach - down + height), along: 2)
      .narrowed(to: (reach - right)..<(reach - right + width), along: 3).contiguous()
  }
}
