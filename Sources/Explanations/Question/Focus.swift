import Perturbations
import Torch

/// Which class's score is explained.
public enum Focus: Sendable, Equatable {
  /// The one with the largest logit.
  case predicted
  /// The example's own.
  case label
  /// The same for all examples.
  case classNumber(Int)
  /// One for every example, by the example's index in the data set.
  case classes([Int: Int])

  /// A focus from `predicted`, `label` or a class such as `7`.
  public init?(text: String) {
    switch text {
    case "predicted": self = .predicted
    case "label": self = .label
    default:
      guard let number = Int(text) else { return nil }
      self = .classNumber(number)
    }
  }

  /// The focus as ``init(text:)`` reads it.
  public var text: String {
    switch self {
    case .predicted: "predicted"
    case .label: "label"
    case .classNumber(let number): "\(number)"
    case .classes(let classes): "a class for each of \(classes.count) examples"
    }
  }

  /// Checks that every example has a class that the model has.
  func validate(_ batch: Batch, classCount: Int) throws(ExplanationError) {
    // One output stands for two classes.
    let count = classCount == 1 && batch.outputs == .classes ? 2 : classCount
    func check(_ number: Int) throws(ExplanationError) {
      guard 0..<count ~= number else { throw .classNumber(number, classCount: count) }
    }
    switch self {
    case .predicted: break
    case .label:
      guard batch.targets == nil else { throw .needsClass }
      for number in batch.labels.values(as: Int.self) { try check(number) }
    case .classNumber(let number): try check(number)
    case .classes(let classes):
      for index in batch.indices {
        guard let number = classes[index] else { throw .noClass(example: index) }
        try check(number)
      }
    }
  }

  /// The classes of examples, `[N]`, once validated.
  func classes(_ batch: Batch, logits: Tensor) -> Tensor {
    switch self {
    case .predicted:
      logits.size(1) == 1 && batch.outputs == .classes
        ? logits.squeezed(1).greater(than: 0).to(.int64) : logits.argmax(along: 1)
    case .label: batch.labels
    case .classNumber(let number): Tensor.zeros(like: batch.labels) + number
    case .classes(let classes):
      Tensor(batch.indices.map { classes[$0] ?? 0 }).to(batch.labels.device)
    }
  }
}
