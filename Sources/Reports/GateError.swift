import Foundation

/// A gate that cannot be read or held against a report.
public enum GateError: Error, Sendable, Equatable {
  /// The text is not an id, "=" and a number.
  case form(text: String, side: Gate.Side)
  /// What follows "=" is not a finite number.
  case bound(text: String, id: String, side: Gate.Side)
  /// No finding has the id; with the nearest one that there is.
  case unknown(id: String, side: Gate.Side, nearest: String?)
}

extension GateError: LocalizedError, CustomStringConvertible {
  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }

  /// What was wrong, in one sentence.
  public var description: String {
    switch self {
    case .form(let text, let side):
      "\(side.option) got \"\(text)\", which is not a finding and a bound"
    case .bound(let text, let id, let side):
      "\(side.option) \(id) got the bound \"\(text)\", which is not a number"
    case .unknown(let id, let side, _):
      "\(side.option) names the finding \"\(id)\", which this audit does not have"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .form(_, let side):
      "write it as \(side.option) evasion.robust_accuracy.linf.0.1=0.5"
    case .bound:
      "give the bound as a number in the finding's unit, rates as fractions such as 0.5"
    case .unknown(_, _, let nearest):
      nearest.map { "did you mean \"\($0)\"?" } ?? "take an id from the findings in report.json"
    }
  }
}
