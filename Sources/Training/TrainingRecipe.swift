import Datasets
import Foundation
import Networks
import Torch

/// A training run as data: what a recipe says.
public struct TrainingRecipe: Sendable, Codable, Equatable {
  /// The data.
  public struct Data: Sendable, Codable, Equatable {
    /// A path, or the name of a procedural set such as `glyphs`.
    public var source: String
    /// How many training examples are used, all when `nil`.
    public var train: Int?
    /// How many test examples are used, all when `nil`.
    public var test: Int?
    /// By how many pixels images are shifted at most, at random, while training.
    public var shift: Int?
    /// Whether images are mirrored at random while training.
    public var flip: Bool?
  }

  /// The network.
  public struct Model: Sendable, Codable, Equatable {
    /// Its name.
    public var name: String
    /// Numbers that change it, such as `width`.
    public var options: [String: Double]?
  }

  /// One summand of the objective.
  public struct TermEntry: Sendable, Codable, Equatable {
    /// Its name.
    public var term: String
    /// Its weight or its schedule; 1 when `nil`.
    public var weight: Schedule?
    /// Whether the weight is learned.
    public var learned: Bool?
    /// Numbers that change it.
    public var options: [String: Double]?
  }

  /// The data.
  public var data: Data
  /// The network.
  public var model: Model
  /// The summands; the cross-entropy alone when `nil`.
  public var objective: [TermEntry]?
  /// How the run goes.
  public var training: TrainerSettings
  /// The seed of the run.
  public var seed: UInt64?
  /// Threads inside one operator; bit-for-bit equality needs the same number.
  public var threads: Int?

  /// The objective that the recipe describes.
  ///
  /// - Throws: ``TrainingError`` for unknown terms, options and weights that cannot be.
  public func makeObjective() throws(TrainingError) -> Objective {
    let entries = objective ?? [TermEntry(term: "cross-entropy")]
    guard !entries.isEmpty else {
      throw .setting(name: "objective", value: "empty", allowed: "at least one term")
    }
    var terms: [Objective.WeightedTerm] = []
    for entry in entries {
      let term = try TermRegistry.term(entry.term, options: entry.options ?? [:])
      terms.append(
        entry.learned == true
          ? try term.learnedWeight() : term.weighted(entry.weight ?? .constant(1)))
    }
    let names = terms.map(\.term.name)
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw .setting(name: "objective", value: "\(twice) twice", allowed: "each term once")
    }
    return try Objective(terms)
  }

  /// The augmentation that the recipe describes.
  public func makeAugmentation() throws -> Augmentation? {
    var steps: [Augmentation.Step] = []
    if let shift = data.shift, shift != 0 { steps.append(.shift(pixels: shift, padding: .zero)) }
    if data.flip == true { steps.append(.flip(probability: 0.5)) }
    return steps.isEmpty ? nil : try Augmentation(steps)
  }
}
