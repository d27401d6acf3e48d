import Torch

/// The hinge-regularised Kantorovich-Rubinstein loss, hKR (Serrurier et al., CVPR 2021, equation 7): a
/// classifier that is also close to the optimal transport between the classes.
///
/// Two classes have one function; several classes have one each, where an example counts as often for its
/// own as for all others; labels have an hKR each, averaged (``SignedScores``).
public struct HKR: Term {
  /// What the two parts are weighed with.
  public let weights: HingeRegularisation

  /// The term, with parameters counted as in the article or as in libraries.
  public init(_ weights: HingeRegularisation) { self.weights = weights }

  /// It can be as negative as the classes are far apart.
  public var isBoundedBelowByZero: Bool { false }
  /// Classes or labels.
  public var outputs: OutputKind? { nil }
  /// Both parts.
  public var measures: [String] { ["kr", "hinge"] }

  /// The loss of the batch.
  public func value(in step: StepContext) -> Tensor {
    let scores = SignedScores(step.logits, of: step.batch)
    let (hinge, transport) = (scores.hinge(margin: weights.margin), scores.kantorovichRubinstein)
    step.measure("kr", transport.item)
    step.measure("hinge", hinge.item)
    return hinge * weights.hingeWeight - transport * weights.transportWeight
  }
}

extension HKR: RegisteredTerm {
  static let name = "hkr"
  static let options = HingeRegularisation.options

  init(_ options: TermOptions) throws(TrainingError) { self.init(try HingeRegularisation(options)) }
}
