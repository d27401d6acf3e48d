import Foundation
import Torch

/// The k largest probabilities alone, brought to a sum of 1; with k of 1 the label alone (Shokri et al.,
/// "Membership inference attacks against machine learning models", S&P 2017, section VIII).
///
/// All other classes have 1e-9. Among equal probabilities the first ones are told.
public struct TopTruncation: OutputDefence {
  /// How many classes are told, k.
  public let count: Int
  /// What gradients go through.
  public let slope: OutputSlope

  /// A truncation.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for less than one class.
  public init(count: Int, slope: OutputSlope = .straightThrough) throws(InversionError) {
    guard count >= 1 else {
      throw .setting(name: "classes told", value: "\(count)", allowed: "at least 1")
    }
    self.count = count
    self.slope = slope
  }

  /// `label alone`, or `K largest probabilities`.
  public var name: String { count == 1 ? "label alone" : "\(count) largest probabilities" }

  /// Not more classes than there are.
  public func check(classCount: Int) throws(InversionError) {
    guard count <= classCount else {
      throw .setting(
        name: "classes told", value: "\(count)", allowed: "at most the \(classCount) classes")
    }
  }

  /// Logarithms of what is told; their own gradients are those among the classes told, and zero for one.
  public func defend(_ logProbabilities: Tensor) -> Tensor {
    // Ranks by a stable order, so that equal probabilities are not both first.
    let order = logProbabilities.detached().sorted(along: 1, descending: true).indices
    let told = Tensor.zeros(like: logProbabilities.detached())
      .scattering(1, at: order.narrowed(to: 0..<count, along: 1), along: 1).greater(than: 0)
    let kept = logProbabilities.filled(where: told.not(), with: -.infinity)
    let share = logProbabilities - kept.logSumExp(along: 1, keepingDimensions: true)
    let logits = share.filled(where: told.not(), with: log(Self.least))
    return answer(logits, of: logProbabilities, slope: slope)
  }
}
