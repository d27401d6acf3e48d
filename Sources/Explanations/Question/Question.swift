import Networks
import Perturbations
import Torch

/// What is to be explained: which score of a model, against which baseline, and how the answer is told.
public struct Question: Sendable {
  /// The model.
  public var target: Target
  /// Which class's score.
  public var focus: Focus
  /// Whether the score is a logit or a probability.
  public var scale: OutputScale
  /// What stands in for features that are taken away.
  public var baseline: Baseline
  /// How channels are brought together in maps.
  public var reduction: ChannelReduction
  /// How many rows go through the model at once, at most: bounds memory, and changes no more than the
  /// last bits of an answer.
  public var batchCap: Int
  /// What a layer of the model says, for methods that look inside.
  public var tap: FeatureTap?
  /// Called after pieces of work, from any worker, with how many of how many are done.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  /// A question.
  public init(
    _ target: Target, focus: Focus = .predicted, scale: OutputScale = .logits,
    baseline: Baseline = .constant(0), reduction: ChannelReduction = .none, batchCap: Int = 64,
    tap: FeatureTap? = nil, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) {
    self.target = target
    self.focus = focus
    self.scale = scale
    self.baseline = baseline
    self.reduction = reduction
    self.batchCap = batchCap
    self.tap = tap
    self.progress = progress
  }

  /// The same question about classes that are known, one an example `[N]`.
  func about(_ classes: [Int], of batch: Batch) -> Question {
    var question = self
    let pairs = zip(batch.indices, classes)
    question.focus = .classes(
      Dictionary(pairs.map { ($0, $1) }, uniquingKeysWith: { first, _ in first }))
    return question
  }

  /// Checks what can be checked before the model runs.
  func validate(_ batch: Batch) throws(ExplanationError) {
    guard batch.inputs.dtype != .int64, batch.inputs.rank > 1 else { throw .inputsDoNotMove }
    guard batchCap >= 1 else {
      throw .setting(name: "the batch cap", value: Double(batchCap), allowed: "at least 1")
    }
    try focus.validate(batch, classCount: target.classCount)
    try baseline.validate(Array(batch.inputs.shape.dropFirst()))
  }

  // MARK: Scores

  /// The score of a class for every row, `[R, K]` and `[R]` to `[R]`.
  func scores(_ logits: Tensor, _ classes: Tensor, _ outputs: OutputKind) -> Tensor {
    Question.scores(logits, classes, outputs, scale)
  }

  /// The score of a class for every row, `[R, K]` and `[R]` to `[R]`.
  ///
  /// A model with one output f has two classes, with the logits -f/2 and f/2 up to what both share; the
  /// score of class 1 is f and that of class 0 is -f.
  static func scores(
    _ logits: Tensor, _ classes: Tensor, _ outputs: OutputKind, _ scale: OutputScale
  ) -> Tensor {
    if logits.size(1) == 1, outputs == .classes {
      let own = logits.squeezed(1) * (classes * 2 - 1).to(logits.dtype)
      return scale == .logits ? own : own.sigmoid()
    }
    func own(_ values: Tensor) -> Tensor {
      values.gathering(classes.unsqueezed(1), along: 1).squeezed(1)
    }
    return switch (scale, outputs) {
    case (.logits, _): own(logits)
    case (.probabilities, .classes): own(logits.softmax(along: 1))
    case (.probabilities, .labels): own(logits).sigmoid()
    }
  }

  /// The scores of rows without gradients, in double precision.
  func scores(
    of inputs: Tensor, _ classes: Tensor, _ outputs: OutputKind
  ) throws -> Tensor {
    try withoutGradients {
      scores(try target.logits(inputs).to(.float64), classes, outputs)
    }
  }

  /// The classes that are asked about and their scores for some examples.
  func pose(_ batch: Batch) throws -> (classes: Tensor, scores: Tensor) {
    try withoutGradients {
      let logits = try target.logits(batch.inputs).to(.float64)
      let classes = focus.classes(batch, logits: logits)
      return (classes, scores(logits, classes, batch.outputs))
    }
  }

  /// Scores and their gradients with respect to the inputs, in one pass.
  func slopes(_ batch: Batch) throws -> (classes: Tensor, scores: Tensor, gradient: Tensor) {
    var classes = batch.labels
    let answer = try target.gradient(at: batch.inputs, repairing: false) { logits in
      classes = focus.classes(batch, logits: logits.detached())
      return scores(logits, classes, batch.outputs)
    }
    return (classes, answer.losses, answer.gradient)
  }

  /// The gradient of the score of classes that are known, for any rows.
  func gradient(_ inputs: Tensor, _ classes: Tensor, _ outputs: OutputKind) throws -> Tensor {
    try target.gradient(at: inputs, repairing: false) { scores($0, classes, outputs) }.gradient
  }
}

/// Which numbers of a model are explained.
public enum OutputScale: String, Sendable, CaseIterable, Codable {
  /// The outputs as they are.
  case logits
  /// What they stand for: the softmax of classes, the sigmoid of labels.
  case probabilities
}
