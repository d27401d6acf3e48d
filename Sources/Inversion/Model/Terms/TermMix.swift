import Datasets
import Networks
import Torch
import Training

/// Several terms as one with one weight, `Σ cᵢ termᵢ`: such as `L_cls` of a top-k loss and feature centres, or
/// `L_perc` of attributes, layers and diversity.
///
/// Weights that are learned are then one for each of the note's five losses.
public final class TermMix: ImageTerm, RememberingTerm {
  /// The name of the sum.
  public let name: String
  /// The terms and how much each counts.
  public let parts: [(share: Double, term: any Term)]

  /// A sum.
  ///
  /// - Parameter parts: at least one; shares are not negative.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``, ``InversionError/tooFew(_:count:least:)``.
  public init(
    _ name: String, _ parts: [(share: Double, term: any Term)]
  ) throws(InversionError) {
    guard !parts.isEmpty else { throw .tooFew("terms of \(name)", count: 0, least: 1) }
    for part in parts where !(part.share >= 0 && part.share.isFinite) {
      throw .setting(
        name: "\(name).\(part.term.name)", value: "\(part.share)", allowed: "not negative")
    }
    self.name = name
    self.parts = parts
  }

  /// Whether all are.
  public var isBoundedBelowByZero: Bool { parts.allSatisfy(\.term.isBoundedBelowByZero) }
  /// Whether all are.
  public var isMeanOverExamples: Bool { parts.allSatisfy(\.term.isMeanOverExamples) }
  /// The value of each, before its share, and what each measures.
  public var measures: [String] { parts.flatMap { [$0.term.name] + $0.term.measures } }
  /// What is odd about any of them.
  public var warnings: [String] { parts.flatMap(\.term.warnings) }
  /// What any of them learns.
  public var parameters: [Parameter] { parts.flatMap(\.term.parameters) }

  /// What any of them remembers, under its place.
  public var state: [String: Tensor] {
    get {
      let all = parts.enumerated().flatMap { place, part in
        ((part.term as? any RememberingTerm)?.state ?? [:]).map { ("\(place).\($0)", $1) }
      }
      return Dictionary(uniqueKeysWithValues: all)
    }
    set {
      for (place, part) in parts.enumerated() {
        let own = newValue.filter { $0.key.hasPrefix("\(place).") }
          .map { (String($0.key.dropFirst("\(place).".count)), $0.value) }
        (part.term as? any RememberingTerm)?.state = Dictionary(uniqueKeysWithValues: own)
      }
    }
  }

  /// Whether any of them has a reason to end.
  public var isFinished: Bool {
    parts.contains { ($0.term as? any RememberingTerm)?.isFinished == true }
  }

  /// Tells all of them.
  public func didUpdate(after step: StepContext) throws {
    for part in parts { try (part.term as? any RememberingTerm)?.didUpdate(after: step) }
  }

  /// Tells all of them.
  public func prepare(for data: Dataset, model: any Module, context: Context) {
    for part in parts { part.term.prepare(for: data, model: model, context: context) }
  }

  /// The sum.
  ///
  /// - Throws: what a term throws.
  public func value(in step: StepContext) throws -> Tensor {
    var total: Tensor?
    for part in parts {
      let value = try part.term.value(in: step)
      step.measure(part.term.name, value.item)
      total = total.map { $0 + value * part.share } ?? value * part.share
    }
    return total ?? .zeros([])
  }
}
