import Datasets
import Networks
import Torch

extension Trainer {
  func isEvaluated(_ step: Int) -> Bool {
    guard evaluation != nil else { return false }
    return step + 1 == totalSteps || (step + 1) % (settings.evaluateEvery ?? stepsPerEpoch) == 0
  }

  func note(_ accuracy: Double, at step: Int) {
    if accuracy > (best?.accuracy ?? -1) {
      best = Checkpoint.Evaluation(step: step, accuracy: accuracy)
      evaluationsSinceBest = 0
    } else {
      evaluationsSinceBest += 1
    }
  }

  /// The accuracy on the evaluation data, with the final weights of a run that ended now.
  public func evaluate() throws -> Double {
    guard let evaluation else { return .nan }
    return try withFinalWeights {
      try attempt {
        withoutGradients {
          var correct = 0.0
          for start in stride(from: 0, to: evaluation.count, by: 500) {
            let batch = evaluation.batch(Array(start..<min(start + 500, evaluation.count)))
            let predicted = model(batch.inputs).argmax(along: 1)
            correct += predicted.equal(to: batch.labels).to(.float64).sum().item
          }
          return correct / Double(evaluation.count)
        }
      }
    }
  }
}
