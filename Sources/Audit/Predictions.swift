import Datasets
import Networks
import Perturbations
import Torch

/// What a model says about examples.
public struct Predictions: Sendable {
  /// The logits, `[N, K]`.
  public let logits: Tensor
  /// The true classes; zeros where examples can have several labels, see ``ofLabels``.
  public let labels: [Int]
  /// The classes with the largest logits.
  public let classes: [Int]
  /// The probabilities of those classes.
  public let confidences: [Double]
  /// Whether each example is classified correctly, or has all labels right; never where an output is
  /// not finite.
  public let correct: [Bool]
  /// What is said about each label, where examples can have several.
  public let ofLabels: LabelPredictions?
  /// How many examples have an output that is not finite.
  public let nonFiniteCount: Int

  /// Runs a model over all examples of a data set, on all workers.
  ///
  /// - Throws: what the model throws.
  public init(
    of classifier: any Classifier, on data: Dataset, engine: AttackEngine, context: Context
  ) throws {
    let target = Target(classCount: classifier.classCount) { try classifier.logits($0) }
    // Blocks, since a whole data set as float32 can be four times as large as in memory.
    let parts = try stride(from: 0, to: data.count, by: 2000).map { start in
      let batch = data.batch(Array(start..<min(start + 2000, data.count)))
      return try engine.logits(of: target, batch, context: context)
    }
    let logits = Tensor.concatenated(parts).to(.float32)
    self.logits = logits
    labels = data.labelValues
    classes = logits.argmax(along: 1).values(as: Int.self)
    let probabilities = logits.to(.float64).softmax(along: 1).max(along: 1)
    confidences = probabilities.values(as: Double.self).map { $0.isFinite ? $0 : 0 }
    ofLabels = data.outputs == .labels ? LabelPredictions(logits, on: data) : nil
    correct =
      ofLabels?.isWrong.map { !$0 }
      ?? Target.isCorrect(logits, data.labels).values(as: Bool.self)
    nonFiniteCount = logits.isFinite.all(along: 1).values(as: Bool.self).filter { !$0 }.count
  }
}
