extension Schedule: Codable {
  private enum Shape: String, Codable {
    case constant, linear, exponential, sigmoid, rescaledSigmoid, twoStage
  }
  private enum CodingKeys: String, CodingKey {
    case shape, to, over, steepness, midpoint, first, second, at, every, offset
  }

  /// Reads a plain number, `{shape: linear, to: 1, over: 0.2}` and the like; with `every` and `offset` in
  /// any of them a schedule that takes turns, such as `{every: 2, offset: 1}` with weight 1.
  public init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Double.self) {
      self = .constant(number)
      return
    }
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let every = try fields.decodeIfPresent(Int.self, forKey: .every)
    self = try Schedule(fields, isAlternating: every != nil)
    guard let every else { return }
    let offset = try fields.decodeIfPresent(Int.self, forKey: .offset) ?? 0
    self = .alternating(self, every: every, offset: offset)
  }

  private init(
    _ fields: KeyedDecodingContainer<CodingKeys>, isAlternating: Bool
  ) throws {
    func number(_ key: CodingKeys, _ standard: Double? = nil) throws -> Double {
      if let standard { return try fields.decodeIfPresent(Double.self, forKey: key) ?? standard }
      return try fields.decode(Double.self, forKey: key)
    }
    let shape =
      isAlternating
      ? try fields.decodeIfPresent(Shape.self, forKey: .shape) ?? .constant
      : try fields.decode(Shape.self, forKey: .shape)
    switch shape {
    case .constant: self = .constant(try number(.to, isAlternating ? 1 : nil))
    case .linear: self = .linear(to: try number(.to), over: try number(.over, 1))
    case .exponential: self = .exponential(to: try number(.to), over: try number(.over, 1))
    case .sigmoid:
      self = .sigmoid(
        to: try number(.to), steepness: try number(.steepness, 8),
        midpoint: try number(.midpoint, 0.4))
    case .rescaledSigmoid:
      self = .rescaledSigmoid(
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
    if case .alternating(let schedule, let every, let offset) = self {
      try schedule.encode(into: &fields)
      try fields.encode(every, forKey: .every)
      try fields.encode(offset, forKey: .offset)
    } else {
      try encode(into: &fields)
    }
  }

  private func encode(into fields: inout KeyedEncodingContainer<CodingKeys>) throws {
    func write(_ shape: Shape, _ numbers: [(CodingKeys, Double)]) throws {
      try fields.encode(shape, forKey: .shape)
      for (key, value) in numbers { try fields.encode(value, forKey: key) }
    }
    switch self {
    case .constant(let value): try write(.constant, [(.to, value)])
    case .linear(let value, let share): try write(.linear, [(.to, value), (.over, share)])
    case .exponential(let value, let share):
      try write(.exponential, [(.to, value), (.over, share)])
    case .sigmoid(let value, let steepness, let midpoint):
      try write(.sigmoid, [(.to, value), (.steepness, steepness), (.midpoint, midpoint)])
    case .rescaledSigmoid(let value, let steepness, let midpoint):
      try write(
        .rescaledSigmoid, [(.to, value), (.steepness, steepness), (.midpoint, midpoint)])
    case .twoStage(let first, let second, let share):
      try write(.twoStage, [(.first, first), (.second, second), (.at, share)])
    case .alternating(let schedule, _, _): try schedule.encode(into: &fields)
    }
  }
}
