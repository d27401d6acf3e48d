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
    return try withFinalWeights {
      try attempt {
        withoutGradients {
          let classifier = objective.classifier(of: model)
          var correct = 0.0
          for start in stride(from: 0, to: evaluation.count, by: 500) {
            let batch = evaluation.batch(Array(start..<min(start + 500, evaluation.count)))
            correct += batch.correctness(of: classifier(batch.inputs)).sum().item
          }
          return correct / Double(evaluation.count)
        }
      }
    }
  }
}
