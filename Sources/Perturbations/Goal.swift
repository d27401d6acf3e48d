import Torch

/// What an attack is after.
public enum Goal: Sendable, Equatable {
  /// Any class but the true one.
  case untargeted
  /// One class, the same for all examples.
  case targetClass(Int)
  /// A class for every example, by the example's index in the data set.
  case classes([Int: Int])
  /// The class that lies so many after the true one, cyclically.
  case offset(Int)
  /// The class the model finds least likely on the clean example.
  case leastLikely
  /// The class the model finds most likely on the clean example beside the true one.
  case runnerUp

  /// The classes to reach, `[N]`, or `nil` when any but the true one will do.
  ///
  /// - Parameter cleanLogits: the logits of the clean examples, `[N, K]`.
  /// - Throws: ``PerturbationError/targetClass(_:classCount:)`` and
  ///   ``PerturbationError/noTarget(example:)``.
  public func targets(
    of batch: Batch, cleanLogits: Tensor
  ) throws(PerturbationError) -> Tensor? {
    let classCount = cleanLogits.size(1)
    switch self {
    case .untargeted: return nil
    case .targetClass(let target):
      try Self.check(target, classCount)
      return Tensor.zeros(like: batch.labels) + target
    case .classes(let classes):
      var targets: [Int] = []
      for index in batch.indices {
        guard let target = classes[index] else { throw .noTarget(example: index) }
        try Self.check(target, classCount)
        targets.append(target)
      }
      return Tensor(targets).to(batch.labels.device)
    case .offset(let offset):
      return (batch.labels + offset).remainder(Double(classCount)).to(.int64)
    case .leastLikely: return cleanLogits.argmin(along: 1)
    case .runnerUp:
      return cleanLogits.filled(
        where: batch.labels.oneHot(classCount: classCount).to(.bool), with: -.infinity
      ).argmax(along: 1)
    }
  }

  private static func check(_ target: Int, _ classCount: Int) throws(PerturbationError) {
    guard 0..<classCount ~= target else { throw .targetClass(target, classCount: classCount) }
  }

  /// A goal from `untargeted`, a class such as `7`, `offset:1`, `least-likely` or `runner-up`.
  public init?(text: String) {
    let parts = text.split(separator: ":")
    switch text {
    case "untargeted": self = .untargeted
    case "least-likely": self = .leastLikely
    case "runner-up": self = .runnerUp
    default:
      if let target = Int(text) {
        self = .targetClass(target)
      } else if parts.count == 2, parts[0] == "offset", let offset = Int(parts[1]) {
        self = .offset(offset)
      } else {
        return nil
      }
    }
  }

  /// The goal as ``init(text:)`` reads it.
  public var text: String {
    switch self {
    case .untargeted: "untargeted"
    case .targetClass(let target): "\(target)"
    case .classes(let classes): "a class for each of \(classes.count) examples"
    case .offset(let offset): "offset:\(offset)"
    case .leastLikely: "least-likely"
    case .runnerUp: "runner-up"
    }
  }
}
