extension RecipeDecoding {
  func bool() throws(RecipeError) -> Bool {
    guard case .bool(let result) = value.content else { throw wrongType("true or false") }
    return result
  }

  /// A text; unquoted numbers and truth values are taken as they were written.
  func text() throws(RecipeError) -> String {
    switch value.content {
    case .text(let text): return text
    case .null, .sequence, .mapping: throw wrongType("a text")
    default: return value.source
    }
  }

  /// An integer; numbers such as 1e5 count when they are whole.
  func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(RecipeError) -> Integer {
    let result: Integer?
    switch value.content {
    case .integer(let integer): result = Integer(exactly: integer)
    case .unsigned(let integer): result = Integer(exactly: integer)
    case .tooLarge: result = nil
    case .number(let number) where number.rounded() == number && number.isFinite:
      // Beyond 2^53 a Double does not say which integer was meant.
      result = abs(number) <= 0x1p53 ? Integer(exactly: number) : nil
    default: throw wrongType("an integer")
    }
    guard let result else { throw outOfRange("\(Integer.min)", "\(Integer.max)") }
    return result
  }

  func number() throws(RecipeError) -> Double {
    switch value.content {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    case .unsigned(let integer): return Double(integer)
    case .tooLarge:
      guard let number = Double(value.source.filter { $0 != "_" }), number.isFinite else {
        let highest = Double.greatestFiniteMagnitude
        throw outOfRange("\(-highest)", "\(highest)")
      }
      return number
    default: throw wrongType("a number")
    }
  }

  func float() throws(RecipeError) -> Float {
    let number = try number()
    guard Float(number).isFinite || !number.isFinite else {
      let highest = Float.greatestFiniteMagnitude
      throw outOfRange("\(-highest)", "\(highest)")
    }
    return Float(number)
  }

  private func outOfRange(_ lowest: String, _ highest: String) -> RecipeError {
    .outOfRange(
      value.place, path: name, found: value.source, lowest: lowest, highest: highest)
  }
}
