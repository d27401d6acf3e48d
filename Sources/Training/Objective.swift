import Datasets
import Foundation
import Networks
import Torch

/// A sum of terms with constant, scheduled or learned weights: `L = Σ wᵢ(step) · termᵢ`.
public struct Objective {
  /// A term with its weight.
  public struct WeightedTerm {
    /// The term.
    public let term: any Term
    /// Its weight at every step.
    public let weight: Weight

    /// Its weight, where that is learned.
    public var learned: LearnedWeight? {
      if case .learned(let weight) = weight { weight } else { nil }
    }
  }

  /// How a term is weighted.
  public enum Weight {
    /// By a schedule.
    case scheduled(Schedule)
    /// By `½ exp(-s)`, with `½ s` added, where s is learned.
    case learned(LearnedWeight)
  }

  /// What a term was worth at a step.
  public struct Record: Sendable {
    /// The name of the term.
    public let name: String
    /// The raw value.
    public let value: Double
    /// The weight.
    public let weight: Double
    /// s of a weight that is learned, `½ exp(-s)`.
    public var logVariance: Double?
  }

  /// The terms in their order.
  public let terms: [WeightedTerm]

  /// An objective of the terms that the builder lists.
  public init(@ObjectiveBuilder _ terms: () -> [WeightedTerm]) { self.terms = terms() }

  /// An objective of some terms.
  ///
  /// - Throws: ``TrainingError/unboundedTerm(_:)`` for a learned weight on a term that can be
  ///   negative: the minimum would lie at infinite confidence.
  public init(_ terms: [WeightedTerm]) throws(TrainingError) {
    for item in terms {
      if case .learned = item.weight, !item.term.isBoundedBelowByZero {
        throw .unboundedTerm(item.term.name)
      }
    }
    self.terms = terms
  }

  /// The weights that are learned, in the order of their terms.
  public var learnedWeights: [LearnedWeight] { terms.compactMap(\.learned) }

  /// Parameters of the objective itself: learned weights, then what terms learn.
  public var parameters: [Parameter] {
    learnedWeights.map(\.parameter) + termParameters
  }

  /// What terms learn themselves, such as the directions of classes.
  var termParameters: [Parameter] { terms.flatMap(\.term.parameters) }

  /// The head of the first term that has one; `nil` where outputs are logits.
  public var head: (any Layer)? { terms.lazy.compactMap(\.term.head).first }

  /// Tells all terms what is learned from.
  public func prepare(for data: Dataset, model: any Module, context: Context) {
    for item in terms { item.term.prepare(for: data, model: model, context: context) }
  }

  /// The network by which accuracy is measured: with the head of the first term that has one.
  public func classifier(of model: any Layer) -> any Layer {
    guard let head else { return model }
    return Sequential([model, head])
  }

  /// Checks that all terms take outputs for what they are.
  ///
  /// - Throws: ``TrainingError/outputs(term:data:are:alternative:)`` for the first that does not.
  public func check(_ data: Dataset) throws(TrainingError) {
    for term in terms.map(\.term) {
      guard let outputs = term.outputs, outputs != data.outputs else { continue }
      throw .outputs(
        term: "the term \(term.name)", data: data.name, are: data.outputs,
        alternative: term.alternative)
    }
  }

  /// Checks that embeddings are taken for embeddings, and logits for logits.
  ///
  /// - Throws: ``TrainingError/embeddings(term:isEncoder:)`` for the first term that does not.
  public func check(_ model: any Module) throws(TrainingError) {
    guard model is any Layer else { return }
    let isEncoder = model is any Encoder
    for term in terms.map(\.term) where term.outputs != nil && term.readsEmbeddings != isEncoder {
      throw .embeddings(term: term.name, isEncoder: isEncoder)
    }
  }

  /// The weighted sum with its history, and every term's value and weight.
  ///
  /// - Throws: ``TrainingError/notFinite(term:step:)``, or what a term throws.
  public func value(in step: StepContext) throws -> (total: Tensor, records: [Record]) {
    var total: Tensor?
    var records: [Record] = []
    // Before any term asks for logits: the pass that gives these keeps what layers say.
    if terms.contains(where: \.term.readsActivations) { _ = step.activations }
    for item in terms {
      var weight = 1.0
      if case .scheduled(let schedule) = item.weight {
        weight = schedule.value(at: step.step, of: step.totalSteps)
        // A term that does not count is not computed: it may be expensive, or undefined yet.
        if weight == 0 {
          records.append(Record(name: item.term.name, value: 0, weight: 0))
          continue
        }
      }
      let raw = try item.term.value(in: step)
      let number = raw.item
      guard number.isFinite else {
        throw TrainingError.notFinite(term: item.term.name, step: step.step)
      }
      let weighted = item.learned?.weighted(raw) ?? raw * weight
      total = total.map { $0 + weighted } ?? weighted
      records.append(
        Record(
          name: item.term.name, value: number, weight: item.learned?.value ?? weight,
          logVariance: item.learned?.logVariance))
    }
    return (total ?? .zeros([]), records)
  }
}

extension Term {
  /// The term with a constant weight.
  public func weighted(_ weight: Double) -> Objective.WeightedTerm {
    weighted(.constant(weight))
  }
  /// The term with a scheduled weight.
  public func weighted(_ schedule: Schedule) -> Objective.WeightedTerm {
    Objective.WeightedTerm(term: self, weight: .scheduled(schedule))
  }
  /// The term with a learned weight, starting at ½ where nothing else is said.
  ///
  /// - Throws: ``TrainingError/unboundedTerm(_:)`` when the term can be negative.
  public func learnedWeight(
    _ weight: LearnedWeight? = nil
  ) throws(TrainingError) -> Objective.WeightedTerm {
    guard isBoundedBelowByZero else { throw .unboundedTerm(name) }
    if let weight { return Objective.WeightedTerm(term: self, weight: .learned(weight)) }
    return Objective.WeightedTerm(term: self, weight: .learned(try LearnedWeight()))
  }
}

/// Lists the terms of an ``Objective``.
@resultBuilder
public enum ObjectiveBuilder {
  /// A term with its weight.
  public static func buildExpression(
    _ term: Objective.WeightedTerm
  ) -> [Objective.WeightedTerm] { [term] }
  /// A term with weight 1.
  public static func buildExpression(_ term: any Term) -> [Objective.WeightedTerm] {
    [term.weighted(1)]
  }
  /// Terms in their order.
  public static func buildBlock(
    _ parts: [Objective.WeightedTerm]...
  ) -> [Objective.WeightedTerm] { parts.flatMap { $0 } }
  /// Terms of an `if`.
  public static func buildOptional(
    _ terms: [Objective.WeightedTerm]?
  ) -> [Objective.WeightedTerm] { terms ?? [] }
}
