import Foundation
import Statistics

/// The likelihood ratio attack (LiRA; Carlini et al., "Membership inference attacks from first principles",
/// IEEE S&P 2022, algorithm 1): asks of each example whether the target's confidence is more like that of shadow
/// models that were trained on it, or like that of those that were not.
///
/// An example that every model finds easy says nothing by being easy for the target; that is what a threshold
/// for all examples cannot see.
public struct LikelihoodRatio: Sendable, Equatable {
  /// What is compared.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// `ln N(φ; μ_in, σ_in) - ln N(φ; μ_out, σ_out)`; shadow models have to be trained on the examples that are
    /// asked about.
    case online
    /// `(φ - μ_out) / σ_out`, which orders examples as the article's probability `P(Z ≤ φ)` does, without ties
    /// where that rounds to 1; shadow models that have seen none of the examples will do.
    case offline
  }

  /// Whose spread an example's confidences are taken to have.
  public enum Spread: String, Sendable, Codable, CaseIterable {
    /// Its own over models, which takes dozens of models.
    case example
    /// One for all examples: the root mean square of deviations from each example's own mean. The article's
    /// code takes the deviation of all confidences together, which has the differences between examples in
    /// it, too.
    case shared
    /// ``example`` where every example has at least 32 models of each kind that is needed, ``shared`` below
    /// (the article's figure 10 has the two lines meet about there).
    case automatic
  }

  /// What is compared.
  public let form: Form
  /// Whose spread was used: never ``Spread/automatic``.
  public let spread: Spread
  /// The score of every example; higher for members.
  public let scores: [Double]

  /// The attack on some examples.
  ///
  /// - Parameters:
  ///   - target: φ of each of the N examples by the target, as ``MembershipScore/scaledConfidence``.
  ///   - shadows: φ by each of S shadow models, S lists of N.
  ///   - isIn: whether each shadow model was trained on each example.
  /// - Throws: ``InversionError`` when lists differ in length, numbers are not finite, or an example lacks
  ///   models of a kind (two of each for ``Spread/example``, else one; two in all examples together for the
  ///   shared spread).
  public init(
    target: [Double], shadows: [[Double]], isIn: [[Bool]], form: Form = .online,
    spread: Spread = .automatic
  ) throws(InversionError) {
    try Self.check(target, shadows, isIn)
    let examples = target.indices.map { example in
      Example(
        inside: shadows.indices.filter { isIn[$0][example] }.map { shadows[$0][example] },
        outside: shadows.indices.filter { !isIn[$0][example] }.map { shadows[$0][example] })
    }
    let sides: [KeyPath<Example, [Double]>] =
      form == .online ? [\.inside, \.outside] : [\.outside]
    let fewest = sides.flatMap { side in examples.map { $0[keyPath: side].count } }.min() ?? 0
    let chosen = spread != .automatic ? spread : fewest >= 32 ? .example : .shared
    let least = chosen == .example ? 2 : 1
    guard fewest >= least else {
      throw .tooFew("shadow models of a kind for each example", count: fewest, least: least)
    }
    var shared: [Double] = []
    if chosen == .shared {
      for side in sides { shared.append(try Self.shared(examples, side)) }
    }
    self.form = form
    self.spread = chosen
    scores = zip(target, examples).map { value, example in
      let fits = sides.enumerated().map { place, side in
        Normal(example[keyPath: side], deviation: shared.isEmpty ? nil : shared[place])
      }
      return form == .online
        ? fits[0].logDensity(value) - fits[1].logDensity(value) : fits[0].standardised(value)
    }
  }

  private static func check(
    _ target: [Double], _ shadows: [[Double]], _ isIn: [[Bool]]
  ) throws(InversionError) {
    guard shadows.count == isIn.count else {
      throw .counts(
        first: "shadow models", count: shadows.count, second: "lists of members",
        otherCount: isIn.count)
    }
    for list in shadows.map(\.count) + isIn.map(\.count) where list != target.count {
      throw .counts(
        first: "examples of the target", count: target.count, second: "of a shadow model",
        otherCount: list)
    }
    for list in shadows + [target] {
      if let index = list.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(encoder: "a shadow model or the target", index: index)
      }
    }
  }

  private struct Example {
    let inside: [Double]
    let outside: [Double]
  }

  /// The deviation from examples' own means, in all examples together.
  private static func shared(
    _ examples: [Example], _ side: KeyPath<Example, [Double]>
  ) throws(InversionError) -> Double {
    var (squares, freedom) = (0.0, 0)
    for example in examples {
      let values = example[keyPath: side]
      let middle = mean(of: values)
      squares += values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
      freedom += values.count - 1
    }
    guard freedom > 0 else {
      throw .tooFew("shadow models of a kind for some example", count: 1, least: 2)
    }
    return (squares / Double(freedom)).squareRoot()
  }

  /// A normal distribution fitted to confidences.
  private struct Normal {
    let mean: Double
    let deviation: Double

    init(_ values: [Double], deviation: Double?) {
      let mean = Statistics.mean(of: values)
      self.mean = mean
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let own = (squares / Double(max(1, values.count - 1))).squareRoot()
      // Models that agree to the last bit would make a point of it, which no other value could be near.
      self.deviation = max(deviation ?? own, 1e-6)
    }

    func standardised(_ value: Double) -> Double { (value - mean) / deviation }

    func logDensity(_ value: Double) -> Double {
      let z = standardised(value)
      return -0.5 * z * z - log(deviation)
    }
  }
}
