import Perturbations

/// The options that a recipe gives a term, read with their defaults and checked.
struct TermOptions {
  let term: String
  let values: [String: SettingValue]

  /// A number in a range.
  func number(
    _ name: String, default standard: Double, in range: ClosedRange<Double>, _ allowed: String
  ) throws(TrainingError) -> Double {
    guard let value = values[name] else { return standard }
    guard case .number(let number) = value, range.contains(number) else {
      throw wrong(name, value, allowed)
    }
    return number
  }

  /// A positive number, or `nil` when it is not given.
  func positive(_ name: String) throws(TrainingError) -> Double? {
    guard values[name] != nil else { return nil }
    return try number(
      name, default: 1, in: .leastNonzeroMagnitude...(.greatestFiniteMagnitude), "positive")
  }

  /// A whole number of at least 1.
  func count(_ name: String, default standard: Int) throws(TrainingError) -> Int {
    let number = try number(name, default: Double(standard), in: 1...1e6, "a whole number from 1")
    guard let count = Int(exactly: number) else {
      throw wrong(name, .number(number), "a whole number from 1")
    }
    return count
  }

  /// True or false.
  func flag(_ name: String, default standard: Bool) throws(TrainingError) -> Bool {
    guard let value = values[name] else { return standard }
    guard case .flag(let flag) = value else { throw wrong(name, value, "true or false") }
    return flag
  }

  /// A norm, by its name.
  func norm(_ name: String = "norm") throws(TrainingError) -> any Norm {
    guard let value = values[name] else { return LInf() }
    let known = Norms.all.map(\.name).joined(separator: ", ")
    guard case .text(let text) = value, let norm = try? Norms.named(text) else {
      throw wrong(name, value, "one of \(known)")
    }
    return norm
  }

  private func wrong(_ name: String, _ value: SettingValue, _ allowed: String) -> TrainingError {
    .setting(name: "\(term).\(name)", value: "\(value)", allowed: allowed)
  }
}
