import Perturbations
import Torch

/// The input on the other side of a decision along the gradient: `x - t f ∇f / |∇f|²`, for the margin f
/// between the class that a model gives and another.
///
/// For a 1-Lipschitz network trained for optimal transport the gradient of f points along the transport
/// plan and has length 1, so that t = 1 is a point of the boundary and the nearest one (Serrurier et al.,
/// "On the explainable properties of 1-Lipschitz neural networks: an optimal transport perspective", NeurIPS
/// 2023, propositions 1 and 2). For other networks it is one Newton step towards the boundary; the residual
/// says how far it missed.
public struct TransportCounterfactual: Sendable {
  /// Which class is to be reached.
  public enum Goal: Sendable, Equatable {
    /// The second likeliest.
    case runnerUp
    /// The same for all examples.
    case classNumber(Int)

    /// A goal from `runner-up` or a class such as `7`.
    public init?(text: String) {
      if text == "runner-up" {
        self = .runnerUp
      } else if let number = Int(text) {
        self = .classNumber(number)
      } else {
        return nil
      }
    }
  }

  /// How far along the way points are taken, in steps that would reach the boundary of a linear model.
  public var multiples: [Double]
  /// Which class is to be reached.
  public var goal: Goal
  /// The values that inputs can take. Points are reported before and after they are cut to it, since what is
  /// known of the way does not hold for what was cut.
  public var box: ClosedRange<Double>?

  /// A way to make counterfactuals.
  public init(
    multiples: [Double] = [0.5, 1, 1.5, 2], goal: Goal = .runnerUp, box: ClosedRange<Double>? = nil
  ) {
    self.multiples = multiples
    self.goal = goal
    self.box = box
  }

  /// Makes the counterfactuals of some examples, on all workers of the context.
  ///
  /// - Throws: ``ExplanationError``, or what the model throws.
  public func find(
    _ batch: Batch, on target: Target, context: Context, batchCap: Int = 64
  ) throws -> CounterfactualResult {
    guard !multiples.isEmpty, multiples.allSatisfy(\.isFinite) else {
      throw ExplanationError.setting(
        name: "the number of multiples", value: Double(multiples.count),
        allowed: "at least 1, all of them finite")
    }
    guard batch.targets == nil else { throw ExplanationError.needsClass }
    let question = Question(target, batchCap: batchCap)
    try question.validate(batch)
    if case .classNumber(let number) = goal {
      try Focus.classNumber(number).validate(batch, classCount: target.classCount)
    }
    let parts = try Work(question: question, context: context).chunks(batch) { chunk in
      try find(chunk, target)
    }
    return CounterfactualResult.joined(parts, multiples: multiples)
  }

  private func find(_ chunk: Batch, _ target: Target) throws -> CounterfactualResult {
    var pair = ClassPair(from: chunk.labels, to: chunk.labels)
    let found = try target.gradient(at: chunk.inputs) { logits in
      pair = ClassPair(goal, logits.detached())
      return pair.margins(logits)
    }
    let margins = found.losses
    let column = [chunk.count] + Array(repeating: 1, count: chunk.inputs.rank - 1)
    let squares = found.gradient.flattened(from: 1).squared().sum(along: 1)
    // Behind a flat slope there is no boundary to be seen; such an example stays where it is.
    let factor = (margins / squares).where(squares.greater(than: 0), else: 0).reshaped(column)
    let way = found.gradient * factor * -1
    func measured(_ points: Tensor) throws -> CounterfactualResult.Measured {
      let logits = try withoutGradients { try target.logits(points) }
      return CounterfactualResult.Measured(
        points: points, margins: pair.margins(logits).values(as: Double.self),
        predicted: ClassPair.predicted(logits).values(as: Int.self))
    }
    let free = try multiples.map { try measured(chunk.inputs + way * $0) }
    let cut = try box.map { box in try free.map { try measured($0.points.clamped(to: box)) } }
    return CounterfactualResult(
      indices: chunk.indices, multiples: multiples, from: pair.from.values(as: Int.self),
      to: pair.to.values(as: Int.self), margins: margins.values(as: Double.self),
      slopes: squares.sqrt().values(as: Double.self),
      lengths: way.flattened(from: 1).norm(along: [1]).values(as: Double.self), path: free,
      boxed: cut)
  }
}

/// The classes between which a margin is measured.
private struct ClassPair: Sendable {
  /// `[N]`.
  let from: Tensor
  /// `[N]`.
  let to: Tensor

  init(from: Tensor, to: Tensor) {
    self.from = from
    self.to = to
  }

  /// The class that a model gives, and the one to be reached.
  init(_ goal: TransportCounterfactual.Goal, _ logits: Tensor) {
    from = Self.predicted(logits)
    switch goal {
    case .classNumber(let number): to = Tensor.zeros(like: from) + number
    case .runnerUp:
      to =
        logits.size(1) == 1
        ? 1 - from
        : logits.filled(
          where: from.oneHot(classCount: logits.size(1)).to(.bool), with: -.infinity
        ).argmax(along: 1)
    }
  }

  static func predicted(_ logits: Tensor) -> Tensor {
    logits.size(1) == 1
      ? logits.squeezed(1).greater(than: 0).to(.int64) : logits.argmax(along: 1)
  }

  /// The logit of the one class less that of the other; the output itself, or less it, where there is one.
  func margins(_ logits: Tensor) -> Tensor {
    if logits.size(1) == 1 {
      return logits.squeezed(1) * (from - to).to(logits.dtype)
    }
    func own(_ classes: Tensor) -> Tensor {
      logits.gathering(classes.unsqueezed(1), along: 1).squeezed(1)
    }
    return own(from) - own(to)
  }
}
