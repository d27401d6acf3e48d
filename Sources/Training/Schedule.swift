import Foundation

/// The weight of a term at every step.
public indirect enum Schedule: Sendable, Equatable {
  /// The same at all steps.
  case constant(Double)
  /// A straight line from 0 to a value over a share of the run, then that value.
  case linear(to: Double, over: Double)
  /// `value * exp(-5 (1 - t)²)` over a share of the run, then the value (Laine and Aila, ICLR 2017).
  case exponential(to: Double, over: Double)
  /// `value / (1 + exp(-steepness (t - midpoint)))` of the share t of the run.
  case sigmoid(to: Double, steepness: Double, midpoint: Double)
  /// The sigmoid moved and stretched so that it begins at 0 and ends at the value: without it one of
  /// steepness 8 about 0.4 begins at 4 % and ends at 99 %.
  case rescaledSigmoid(to: Double, steepness: Double, midpoint: Double)
  /// One value before a share of the run and another after it.
  case twoStage(first: Double, second: Double, at: Double)
  /// Another schedule at the steps `offset`, `offset + every`, `offset + 2 every`, … and 0 at all others:
  /// terms whose steps are not each other's take turns. At a step of weight 0 a term is not computed.
  case alternating(Schedule, every: Int, offset: Int)

  /// The weight at a step, counted from 0, of a run of `total` steps.
  public func value(at step: Int, of total: Int) -> Double {
    let progress = total > 1 ? Double(step) / Double(total) : 1
    switch self {
    case .constant(let value): return value
    case .linear(let value, let share):
      return share > 0 ? value * min(1, progress / share) : value
    case .exponential(let value, let share):
      let t = share > 0 ? min(1, progress / share) : 1
      return value * exp(-5 * (1 - t) * (1 - t))
    case .sigmoid(let value, let steepness, let midpoint):
      return value / (1 + exp(-steepness * (progress - midpoint)))
    case .rescaledSigmoid(let value, let steepness, let midpoint):
      func sigmoid(_ t: Double) -> Double { 1 / (1 + exp(-steepness * (t - midpoint))) }
      let (low, high) = (sigmoid(0), sigmoid(1))
      return high > low ? value * (sigmoid(progress) - low) / (high - low) : value * progress
    case .twoStage(let first, let second, let share): return progress < share ? first : second
    case .alternating(let schedule, let every, let offset):
      return step % max(1, every) == offset ? schedule.value(at: step, of: total) : 0
    }
  }

  /// Checks the numbers of steps.
  ///
  /// - Parameter term: the name of the term, for the error.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` when a term would never have its turn.
  public func validate(of term: String) throws(TrainingError) {
    guard case .alternating(_, let every, let offset) = self else { return }
    guard every >= 1 else {
      throw .setting(name: "\(term).weight.every", value: "\(every)", allowed: "at least 1")
    }
    guard 0..<every ~= offset else {
      throw .setting(
        name: "\(term).weight.offset", value: "\(offset)",
        allowed: "at least 0 and below every, which is \(every)")
    }
  }
}
