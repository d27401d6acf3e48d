import Networks
import Torch

/// What is attacked: a function from inputs `[N, …]` to logits `[N, K]` that several threads may
/// call at once.
public struct Target: Sendable {
  /// The number of classes, K.
  public let classCount: Int
  /// The two halves of the function, where inputs are mapped to vectors first.
  public let embedding: FrozenEmbedding?
  /// How many forward passes one answer is averaged over, 1 for a model that always says the same.
  public private(set) var samples = 1
  /// How many forward passes an attack may spend on an example, those averaged over counted; `nil`
  /// for no limit.
  public private(set) var queryBudget: Int?
  private let function: @Sendable (Tensor) throws -> Tensor
  private var clean: CleanAnswers?

  /// What the model has said to some clean examples.
  private struct CleanAnswers: Sendable {
    /// The row of every example, by its index in the data set.
    let rows: [Int: Int]
    let logits: Tensor
  }

  /// A target.
  public init(
    classCount: Int, embedding: FrozenEmbedding? = nil,
    logits: @escaping @Sendable (Tensor) throws -> Tensor
  ) {
    self.classCount = classCount
    self.embedding = embedding
    function = logits
  }

  /// A classifier as a target, with the vectors of its inputs where it has such.
  public init(_ classifier: any Classifier) {
    self.init(
      classCount: classifier.classCount, embedding: (classifier as? FrozenNetwork)?.embedding
    ) { try classifier.logits($0) }
  }

  /// The same model, asked several times for every answer: the expectation over its randomness
  /// (Athalye et al., "Synthesizing robust adversarial examples", ICML 2018).
  ///
  /// Losses and gradients are means over the passes; what the model says is the class with the largest
  /// mean probability.
  ///
  /// - Parameter samples: the number of passes, at least 1.
  /// - Throws: ``PerturbationError/setting(name:value:allowed:)``.
  public func averaged(over samples: Int) throws(PerturbationError) -> Target {
    guard samples >= 1 else {
      throw .setting(name: "samples", value: Double(samples), allowed: "at least 1")
    }
    var target = self
    target.samples = samples
    return target
  }

  /// The same model, which answers so many times for every example and then no more.
  ///
  /// - Throws: ``PerturbationError/setting(name:value:allowed:)`` below 1.
  public func limited(toQueries budget: Int) throws(PerturbationError) -> Target {
    guard budget >= 1 else {
      throw .setting(name: "the query budget", value: Double(budget), allowed: "at least 1")
    }
    var target = self
    target.queryBudget = budget
    return target
  }

  /// The same model with what is left of its query budget; `nil` where nothing is.
  func limited(after spent: Int) throws(PerturbationError) -> Target? {
    guard let queryBudget else { return self }
    return queryBudget - spent >= samples ? try limited(toQueries: queryBudget - spent) : nil
  }

  /// The same model, of which is known what it says to some clean examples, so that attacks need not ask again.
  ///
  /// - Parameter logits: its answers, `[N, K]`.
  func knowing(_ logits: Tensor, of batch: Batch) -> Target {
    var target = self
    let rows = Dictionary(zip(batch.indices, 0...), uniquingKeysWith: { first, _ in first })
    target.clean = CleanAnswers(rows: rows, logits: logits)
    return target
  }

  /// What the model has said to the clean examples of a batch, `[N, K]`; `nil` where it has not been asked
  /// about all of them.
  func knownLogits(of batch: Batch) -> Tensor? {
    guard let clean else { return nil }
    let rows = batch.indices.compactMap { clean.rows[$0] }
    guard rows.count == batch.count else { return nil }
    return clean.logits.selecting(rows: rows).to(batch.inputs.device)
  }

  /// Another function, asked as often as this one.
  package func replacing(_ logits: @escaping @Sendable (Tensor) throws -> Tensor) -> Target {
    var target = Target(classCount: classCount, logits: logits)
    (target.samples, target.queryBudget) = (samples, queryBudget)
    return target
  }

  /// The logits of inputs; logarithms of mean probabilities where answers are averaged.
  public func logits(_ inputs: Tensor) throws -> Tensor {
    guard samples > 1 else { return try function(inputs) }
    return Target.averaged(try (0..<samples).map { _ in try function(inputs) })
  }

  /// The gradient of a loss with respect to the inputs, beside the logits it was computed from.
  ///
  /// Parameters, buffers, modes and random states of the model are not touched. Elements of the
  /// gradient that are not numbers become zero, so that one example cannot spoil an attack; the
  /// audit's gradient-health probe counts them.
  ///
  /// - Parameter repairing: whether they become zero.
  public func gradient(
    at inputs: Tensor, repairing: Bool = true, of loss: (Tensor) -> Tensor
  ) throws -> (logits: Tensor, losses: Tensor, gradient: Tensor) {
    try PerturbationError.requireNumbers(inputs)
    return try withGradients(enabled: true) {
      let passes = try (0..<samples).map { _ in
        let variable = inputs.variable()
        let logits = try function(variable)
        let losses = loss(logits)
        let gradient = Target.slope(of: losses, at: variable, isLast: true)
        return (logits.detached(), losses.detached(), gradient)
      }
      let (logits, losses, gradient) =
        passes.count == 1
        ? passes[0]
        : (
          Target.averaged(passes.map(\.0)), Tensor.stacked(passes.map(\.1)).mean(along: 0),
          Tensor.stacked(passes.map(\.2)).mean(along: 0)
        )
      return (logits, losses, repairing ? Target.finite(gradient) : gradient)
    }
  }

  /// The gradient of the sum of some losses; zero for a model that detaches its input, of which the audit
  /// says so.
  private static func slope(of losses: Tensor, at variable: Tensor, isLast: Bool) -> Tensor {
    guard losses.requiresGradient else { return Tensor.zeros(like: variable.detached()) }
    return Torch.gradients(of: losses.sum(), withRespectTo: [variable], retainGraph: !isLast)[0]
  }

  /// The gradient with zeros for elements that are not numbers.
  private static func finite(_ gradient: Tensor) -> Tensor {
    // One sum says that all of it is finite, at a tenth of the cost of looking at every element.
    gradient.sum().item.isFinite ? gradient : gradient.where(gradient.isFinite, else: 0)
  }

  /// The share of outputs, `[N, K]`, that are probabilities in place of logits: numbers from 0 to 1 that sum
  /// to 1.
  public static func probabilityShare(of outputs: Tensor) -> Double {
    let isInRange = outputs.greaterOrEqual(to: 0).and(outputs.lessOrEqual(to: 1)).all(along: 1)
    let sumsToOne = (outputs.sum(along: 1) - 1).abs().less(than: 1e-5)
    return isInRange.and(sumsToOne).to(.float64).mean().item
  }

  /// The share of outputs above which a model is said to return probabilities: a few logits look like some by
  /// chance.
  public static let probabilityBound = 0.99

  /// Whether the model returns probabilities in place of logits, for (nearly) all of some inputs.
  ///
  /// Their logarithms would do as logits; as they are, softmax is applied twice, and the losses that
  /// attacks climb are flat.
  public func returnsProbabilities(for inputs: Tensor) throws -> Bool {
    guard samples == 1, inputs.size(0) > 0 else { return false }
    let outputs = try withoutGradients { try logits(inputs) }
    return Target.probabilityShare(of: outputs) > Target.probabilityBound
  }

  /// The gradients of several losses with respect to the inputs, from one forward pass (for every
  /// sample) and as many backward passes.
  ///
  /// Elements that are not numbers become zero, as in ``gradient(at:repairing:of:)``.
  ///
  /// - Parameters:
  ///   - losses: from logits `[N, K]` to `[N, M]`.
  ///   - visit: gets each loss `[N]` and its gradient, in order; none is kept, since M gradients may be
  ///     more than fits.
  public func gradients(
    at inputs: Tensor, of losses: (Tensor) -> Tensor,
    visit: (_ loss: Tensor, _ gradient: Tensor) -> Void
  ) throws -> Tensor {
    try PerturbationError.requireNumbers(inputs)
    return try withGradients(enabled: true) {
      let passes = try (0..<samples).map { _ in
        let variable = inputs.variable()
        let logits = try function(variable)
        return (variable: variable, logits: logits.detached(), losses: losses(logits))
      }
      let count = passes[0].losses.size(1)
      for column in 0..<count {
        let gradients = passes.map { pass in
          Target.slope(
            of: pass.losses.select(column, along: 1), at: pass.variable, isLast: column == count - 1
          )
        }
        let gradient = Target.mean(gradients)
        visit(
          Target.mean(passes.map { $0.losses.detached().select(column, along: 1) }),
          Target.finite(gradient))
      }
      return passes.count == 1 ? passes[0].logits : Target.averaged(passes.map(\.logits))
    }
  }

  private static func mean(_ tensors: [Tensor]) -> Tensor {
    tensors.count == 1 ? tensors[0] : Tensor.stacked(tensors).mean(along: 0)
  }

  /// Whether every example is assigned its class, `[N]`; an output that is not finite never is.
  public static func isCorrect(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    logits.argmax(along: 1).equal(to: labels).and(logits.isFinite.all(along: 1))
  }

  private static func averaged(_ logits: [Tensor]) -> Tensor {
    Tensor.stacked(logits.map { $0.softmax(along: 1) }).mean(along: 0).clamped(to: 1e-38...).log()
  }
}
