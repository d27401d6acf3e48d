import Datasets
import Networks
import Torch

extension Trainer {
  func isEvaluated(_ step: Int) -> Bool {
    guard evaluation != nil else { return false }
    return step + 1 == totalSteps || (step + 1) % (settings.evaluateEvery ?? stepsPerEpoch) == 0
  }

  /// What the log calls ``evaluate()`` for outputs of each kind: of labels it is another figure.
  public static let accuracyNames: [OutputKind: String] = [
    .classes: "accuracy", .labels: "label_accuracy",
  ]

  /// What the log of this run calls it.
  public var accuracyName: String { Self.accuracyNames[training.outputs] ?? "accuracy" }

  func note(_ accuracy: Double, at step: Int) {
    if accuracy > (best?.accuracy ?? -1) {
      best = Checkpoint.Evaluation(step: step, accuracy: accuracy)
      evaluationsSinceBest = 0
    } else {
      evaluationsSinceBest += 1
    }
  }

  /// The accuracy on the evaluation data, with the final weights of a run that ended now; where examples
  /// can have several labels, the share of labels that are right.
  public func evaluate() throws -> Double {
    guard let evaluation, let model = model as? any Layer else { return .nan }
    let own = try withFinalWeights {
      try attempt {
        withoutGradients {
          let classifier = objective.classifier(of: model)
          let (rank, size) = (context.group?.rank ?? 0, context.group?.size ?? 1)
          return stride(from: 500 * rank, to: evaluation.count, by: 500 * size).reduce(0.0) {
            let batch = evaluation.batch(Array($1..<min($1 + 500, evaluation.count)))
            return $0 + batch.correctness(of: classifier(batch.inputs)).sum().item
          }
        }
      }
    }
    let correct = try context.group?.sum(Tensor([own])).item ?? own
    return correct / Double(evaluation.count)
  }
}
