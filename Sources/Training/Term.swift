import Datasets
import Networks
import Torch

/// One summand of what is minimised.
///
/// To add a term, write it in a file of its own and name it in ``TermRegistry``.
public protocol Term {
  /// The name in logs and recipes.
  var name: String { get }
  /// Whether the value can never be negative, so that its weight may be learned.
  var isBoundedBelowByZero: Bool { get }
  /// Names of what the term measures beside its value, by ``StepContext/measure(_:_:)``.
  var measures: [String] { get }
  /// What is odd about the settings, in a sentence each.
  var warnings: [String] { get }
  /// What the term takes the network's outputs for; `nil` when it does not look at them in such a way.
  /// Data of the other kind is refused before a run (``Objective/check(_:)-(Dataset)``).
  var outputs: OutputKind? { get }
  /// Whether the term runs the model as a map from tensors to tensors; true unless a term says that any
  /// module will do (``StepContext/module``).
  var needsLayer: Bool { get }
  /// Whether the value is the mean of values of the labelled examples, each of which depends on its own
  /// example alone, so that a step may be computed in parts on several threads; false unless a term says
  /// so. It then must not change anything either.
  var isMeanOverExamples: Bool { get }
  /// Whether the value is the mean of its values over the parts of a batch, labelled and unlabelled examples
  /// divided alike, so that several processes may compute a part each. Unlike ``isMeanOverExamples`` it may
  /// change the network for a while, and measure. False unless a term says so.
  var isMeanOverParts: Bool { get }
  /// What to do for data of the other kind, in half a sentence.
  var alternative: String { get }
  /// What the term itself learns, such as margins: moved by the optimiser without decay, saved with
  /// checkpoints, and averaged where weights are.
  var parameters: [Parameter] { get }
  /// Told before a run what is learned from, so that ``parameters`` can depend on the number of classes.
  func prepare(for data: Dataset)
  /// Told the same with the network and the seed, for parameters that depend on these.
  func prepare(for data: Dataset, model: any Module, context: Context)
  /// Whether the term takes the network's outputs for embeddings, so that the network has to be an
  /// `Encoder`.
  var readsEmbeddings: Bool { get }
  /// Whether the term looks at hidden layers (``StepContext/activations``), so that they are kept from the
  /// pass that all terms share.
  var readsActivations: Bool { get }
  /// A layer of the term's own from the network's outputs to logits, by which the network is judged while
  /// and after it is trained; `nil` where the outputs are the logits.
  var head: (any Layer)? { get }
  /// The value, a tensor with one element, with its history.
  func value(in step: StepContext) throws -> Tensor
}

extension Term {
  /// Nothing.
  public var measures: [String] { [] }
  /// Nothing.
  public var warnings: [String] { [] }
  /// Nothing.
  public var parameters: [Parameter] { [] }
  /// Not known.
  public var isMeanOverExamples: Bool { false }
  /// Where it is a mean over examples.
  public var isMeanOverParts: Bool { isMeanOverExamples }
  /// It does.
  public var needsLayer: Bool { true }
  /// Does nothing.
  public func prepare(for data: Dataset) {}
  /// Told of the data alone.
  public func prepare(for data: Dataset, model: any Module, context: Context) { prepare(for: data) }
  /// No.
  public var readsEmbeddings: Bool { false }
  /// No.
  public var readsActivations: Bool { false }
  /// None.
  public var head: (any Layer)? { nil }
  /// Classes that exclude one another.
  public var outputs: OutputKind? { .classes }
  /// The terms that take outputs for labels.
  public var alternative: String {
    """
    learn labels by bernoulli-cross-entropy, and smooth by virtual-adversarial, noise-consistency, \
    entropy, pi-model, temporal-ensembling or mean-teacher with their Bernoulli options
    """
  }
}

/// A term that remembers something from step to step, such as the targets of temporal ensembling.
public protocol RememberingTerm: Term, AnyObject {
  /// What it remembers, saved with every checkpoint. It is never changed while a value is computed:
  /// a value may be asked for several times a step.
  var state: [String: Tensor] { get set }
  /// Whether the run should end, for a reason that the term has.
  var isFinished: Bool { get }
  /// Told after the weights have moved, also where the term did not count and was not computed.
  func didUpdate(after step: StepContext) throws
}

extension RememberingTerm {
  /// It goes on.
  public var isFinished: Bool { false }
}
