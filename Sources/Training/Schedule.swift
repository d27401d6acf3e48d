import Foundation

/// The weight of a term at every step.
public enum Schedule: Sendable, Equatable {
  /// The same at all steps.
  case constant(Double)
  /// A straight line from 0 to a value over a share of the run, then that value.
  case linear(to: Double, over: Double)
  /// `value * exp(-5 (1 - t)²)` over a share of the run, then the value (Laine and Aila, ICLR 2017).
  case exponential(to: Double, over: Double)
  /// `value / (1 + exp(-steepness (t - midpoint)))` of the share t of the run.
  case sigmoid(to: Double, steepness: Double, midpoint: Double)
  /// One value before a share of the run and another after it.
  case twoStage(first: Double, second: Double, at: Double)

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
    case .twoStage(let first, let second, let share): return progress < share ? first : second
    }
  }
}

extension Schedule: Codable {
  private enum Shape: String, Codable { case constant, linear, exponential, sigmoid, twoStage }
  private enum CodingKeys: String, CodingKey {
    case shape, to, over, steepness, midpoint, first, second, at
  }

  /// Reads a plain number, or `{shape: linear, to: 1, over: 0.2}` and the like.
  public init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Double.self) {
      self = .constant(number)
      return
    }
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys, _ standard: Double? = nil) throws -> Double {
      if let standard { return try fields.decodeIfPresent(Double.self, forKey: key) ?? standard }
      return try fields.decode(Double.self, forKey: key)
    }
    switch try fields.decode(Shape.self, forKey: .shape) {
    case .constant: self = .constant(try number(.to))
    case .linear: self = .linear(to: try number(.to), over: try number(.over, 1))
    case .exponential: self = .exponential(to: try number(.to), over: try number(.over, 1))
    case .sigmoid:
      self = .sigmoid(
        to: try number(.to), steepness: try number(.steepness, 8),
        midpoint: try number(.midpoint, 0.4))
    case .twoStage:
      self = .twoStage(
        first: try number(.first), second: try number(.second), at: try number(.at, 0.5))
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    if case .constant(let value) = self {
      var single = encoder.singleValueContainer()
      try single.encode(value)
      return
    }
    var fields = encoder.container(keyedBy: CodingKeys.self)
    func write(_ shape: Shape, _ numbers: [(CodingKeys, Double)]) throws {
      try fields.encode(shape, forKey: .shape)
      for (key, value) in numbers { try fields.encode(value, forKey: key) }
    }
    switch self {
    case .constant: break
    case .linear(let value, let share): try write(.linear, [(.to, value), (.over, share)])
    case .exponential(let value, let share):
      try write(.exponential, [(.to, value), (.over, share)])
    case .sigmoid(let value, let steepness, let midpoint):
      try write(.sigmoid, [(.to, value), (.steepness, steepness), (.midpoint, midpoint)])
    case .twoStage(let first, let second, let share):
      try write(.twoStage, [(.first, first), (.second, second), (.at, share)])
    }
  }
}
