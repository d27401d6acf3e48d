import Diffusion
import Torch

/// What an attacker of a classifier has: the classifier as a white box, public images, and a prior that learned on
/// them.
public struct Attacker: Sendable {
  /// The settings.
  public let recipe: ModelRecipe
  /// The audited classifier, each question to which is counted.
  public let target: CountedClassifier
  /// The same with features and last layer.
  public let model: TargetModel
  /// Public images `[N, C, H, W]`, in the data's range.
  public let publicImages: Tensor
  /// For each class the places of the public images that the target takes for it most readily, best first.
  public let lookAlikes: [[Int]]
  /// The mean of the target's features over each class's look-alikes, `[C, D]`.
  public let centres: Tensor
  /// The prior of the classes.
  public let prior: Prior
  /// The same after it was fine-tuned for the target; the prior itself where it was not.
  public let tuned: Prior
  /// What people are recognised by in the attack; `nil` where no loss of images asks for it.
  public let identity: Known?
  /// Seed and workers.
  public let context: Context
  /// The images of rows that were made before, by name.
  public var made: [String: Tensor] = [:]

  /// An encoder, and what is known of each class, `[C, E]`.
  public struct Known: Sendable {
    /// The encoder.
    public let encoder: any TemplateEncoder
    /// A vector of each class, of length 1.
    public let vectors: Tensor

    /// What is known.
    public init(encoder: any TemplateEncoder, vectors: Tensor) {
      self.encoder = encoder
      self.vectors = vectors
    }
  }

  /// What an attacker has.
  public init(
    recipe: ModelRecipe, target: CountedClassifier, publicImages: Tensor, lookAlikes: [[Int]],
    centres: Tensor, prior: Prior, tuned: Prior, identity: Known? = nil, context: Context
  ) {
    self.recipe = recipe
    self.target = target
    model = target.model
    self.publicImages = publicImages
    self.lookAlikes = lookAlikes
    self.centres = centres
    self.prior = prior
    self.tuned = tuned
    self.identity = identity
    self.context = context
  }

  /// Runs an attack and says what it spent; one at a time.
  public func spent<Result>(
    _ body: (Attacker) throws -> Result
  ) rethrows -> (result: Result, budget: InversionBudget) {
    let before = target.counts
    let (result, budget) = try InversionBudget.timed { try body(self) }
    let after = target.counts
    var spent = budget
    spent.forward = after.forward - before.forward
    spent.backward = after.backward - before.backward
    return (result, spent)
  }

  /// The classes with as many repetitions, those of a class in a row.
  func repeated(_ classes: [Int], _ count: Int) -> [Int] {
    classes.flatMap { Array(repeating: $0, count: count) }
  }

  /// A number for every image that depends on its class and its place among the images of the class alone, by
  /// which random streams are told apart.
  func examples(_ classes: [Int], _ count: Int) -> [Int] {
    classes.flatMap { place in (0..<count).map { place * 1000 + $0 } }
  }

  /// Standard normal images, float32, of the streams of examples.
  func normals(_ purpose: String, examples: [Int]) -> Tensor {
    var streams = context.streams(purpose, examples: examples)
    return .normal(prior.description.imageShape, perExample: &streams)
  }

  /// Works on parts of the images on the context's threads; parts are of the same size whatever the number of
  /// threads.
  func inParts(
    _ count: Int, size: Int = 25, _ body: @escaping @Sendable (Range<Int>) throws -> Tensor
  ) throws -> Tensor {
    let starts = Array(stride(from: 0, to: count, by: size))
    return .concatenated(
      try context.pool.map(starts.count) { index in
        try attempt { try body(starts[index]..<min(starts[index] + size, count)) }
      })
  }
}
