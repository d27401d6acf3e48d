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

  /// A number that is not negative.
  func notNegative(_ name: String, default standard: Double) throws(TrainingError) -> Double {
    try number(name, default: standard, in: 0...1e6, "zero or positive")
  }

  /// A whole number of at least `least`.
  func count(
    _ name: String, default standard: Int, from least: Int = 1
  ) throws(TrainingError) -> Int {
    let allowed = "a whole number from \(least)"
    let number = try number(name, default: Double(standard), in: Double(least)...1e6, allowed)
    guard let count = Int(exactly: number) else { throw wrong(name, .number(number), allowed) }
    return count
  }

  /// One of some words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Choice
  ) throws(TrainingError) -> Choice where Choice.RawValue == String {
    guard let value = values[name] else { return standard }
    guard case .text(let text) = value, let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong(name, value, "one of \(known)")
    }
    return choice
  }

  /// True or false.
  func flag(_ name: String, default standard: Bool) throws(TrainingError) -> Bool {
    guard let value = values[name] else { return standard }
    guard case .flag(let flag) = value else { throw wrong(name, value, "true or false") }
    return flag
  }

  /// A norm, by its name: one whose balls bound perturbations, which a number of features does not.
  func norm(
    _ name: String = "norm", default standard: any Norm = LInf()
  ) throws(TrainingError) -> any Norm {
    guard let value = values[name] else { return standard }
    let known = Norms.all.filter(\.isHomogeneous).map(\.name).joined(separator: ", ")
    guard case .text(let text) = value, let norm = try? Norms.named(text), norm.isHomogeneous else {
      throw wrong(name, value, "one of \(known)")
    }
    return norm
  }

  /// A word, or words.
  func text(_ name: String, default standard: String) throws(TrainingError) -> String {
    guard let value = values[name] else { return standard }
    guard case .text(let text) = value else { throw wrong(name, value, "a word") }
    return text
  }

  /// An error for what an option is.
  func wrong(_ name: String, _ allowed: String) -> TrainingError {
    wrong(name, values[name] ?? "left out", allowed)
  }

  private func wrong(_ name: String, _ value: SettingValue, _ allowed: String) -> TrainingError {
    .setting(name: "\(term).\(name)", value: "\(value)", allowed: allowed)
  }
}
