import Foundation

/// A statistic that cannot be computed from what was given.
public enum StatisticsError: Error, Sendable, Equatable {
  /// A confidence level that is not strictly between 0 and 1.
  case level(Double)
  /// Counts of which no rate can be made: negative, or more successes than trials.
  case counts(successes: Int, trials: Int)
  /// There is no unit to compute `statistic` from.
  case empty(statistic: String)
  /// A list with fewer entries than the statistic needs.
  case tooFew(list: String, count: Int, least: Int)
  /// Two lists that must have one entry per example differ in length.
  case lengths(first: String, count: Int, second: String, otherCount: Int)
  /// A setting outside its range, with the range in words.
  case setting(name: String, value: String, range: String)
  /// An entry that is not a number in the allowed range.
  case entry(list: String, index: Int, value: Double, range: String)
  /// The statistic gave no finite number.
  case notFinite(statistic: String)
}

extension StatisticsError: LocalizedError, CustomStringConvertible {
  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }

  /// What was wrong, in one sentence.
  public var description: String {
    switch self {
    case .level(let level):
      "the confidence level \(level) is not between 0 and 1"
    case .counts(let successes, let trials):
      "\(successes) successes in \(trials) trials is not a rate"
    case .empty(let statistic):
      "there is nothing to compute the \(statistic) from"
    case .tooFew(let list, let count, let least):
      "\(list) has \(count) entries, but at least \(least) are needed"
    case .lengths(let first, let count, let second, let otherCount):
      "\(first) has \(count) entries but \(second) has \(otherCount)"
    case .setting(let name, let value, let range):
      "\(name) is \(value), but must be \(range)"
    case .entry(let list, let index, let value, let range):
      "entry \(index) of \(list) is \(value), but must be \(range)"
    case .notFinite(let statistic):
      "the \(statistic) is not a finite number for these units"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .level: "give the level as a fraction, such as 0.95"
    case .counts: "count every success among the trials"
    case .empty: "select at least one example"
    case .tooFew(_, _, let least): "give at least \(least) units, such as runs with \(least) seeds"
    case .lengths: "give one entry per example in both"
    case .setting(_, _, let range): "choose a value that is \(range)"
    case .entry: "look for NaN in the model's outputs and check their scale"
    case .notFinite: "leave out the units for which it is not defined, and say how many they are"
    }
  }
}
