import Torch

/// What an attack is after.
public enum Goal: Sendable, Equatable {
  /// Any class but the true one.
  case untargeted
  /// One class, the same for all examples.
  case targetClass(Int)
  /// The class that lies so many after the true one, cyclically.
  case offset(Int)
  /// The class the model finds least likely on the clean example.
  case leastLikely
  /// The class the model finds most likely on the clean example beside the true one.
  case runnerUp

  /// The classes to reach, `[N]`, or `nil` when any but the true one will do.
  ///
  /// - Throws: ``PerturbationError/targetClass(_:classCount:)``.
  public func targets(labels: Tensor, cleanLogits: Tensor) throws(PerturbationError) -> Tensor? {
    let classCount = cleanLogits.size(1)
    switch self {
    case .untargeted: return nil
    case .targetClass(let target):
      guard 0..<classCount ~= target else {
        throw .targetClass(target, classCount: classCount)
      }
      return Tensor.zeros(like: labels) + target
    case .offset(let offset): return (labels + offset).remainder(Double(classCount)).to(.int64)
    case .leastLikely: return cleanLogits.argmin(along: 1)
    case .runnerUp:
      return cleanLogits.filled(
        where: labels.oneHot(classCount: classCount).to(.bool), with: -.infinity
      ).argmax(along: 1)
    }
  }
}
