import Networks
import Perturbations
import Torch

/// What becomes of explanations when a network's weights are replaced with random ones, layer by layer from
/// the output: a map that stays as it was does not explain the network (Adebayo et al., "Sanity checks for
/// saliency maps", NeurIPS 2018, section 3.1: cascading randomisation).
///
/// Weights of matrices and convolutions are drawn as PyTorch draws them for new layers, each with a stream
/// of its own, and biases with them; scales of normalisations stay. Layers that compute their weights from
/// others, such as orthogonal ones, compute them from random ones then. The network gets its weights back.
public struct RandomisationCheck: Sendable {
  /// What came of the layers randomised so far.
  public struct Stage: Sendable, Hashable {
    /// The layer that was randomised last; those after it were before.
    public var layer: String
    /// Spearman's correlation of every example's map with that of the true weights.
    public var correlations: [Double]
    /// The same of the maps' sizes, without signs.
    public var sizeCorrelations: [Double]
  }

  /// The check.
  public init() {}

  /// Explains with ever more random weights. The network must not be used elsewhere meanwhile.
  ///
  /// - Throws: ``ExplanationError/constantWeights`` for a model whose weights cannot be changed, or what
  ///   the method throws.
  public func run(
    _ method: any Attribution, on classifier: any Classifier, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Stage] {
    let frozen = try Self.network(of: classifier)
    let network = frozen.source
    let shape = Array(batch.inputs.shape.dropFirst())
    let before = try method.attribute(batch, question, context: context)
    let asked = question.about(before.classes, of: batch)
    let maps = before.importances(for: shape)
    let layers = network.namedLeaves.filter { leaf in
      leaf.layer.parameters.contains { $0.value.rank > 1 }
    }
    var (parameters, values): ([Parameter], [Tensor]) = ([], [])
    return try layers.reversed().map { name, layer in
      for drawn in Self.drawn(layer, named: name, seed: context.seed) {
        parameters.append(drawn.parameter)
        values.append(drawn.value)
      }
      let after = try parameters.withValues(values) {
        try method.attribute(batch, Self.now(asked, of: frozen), context: context)
      }.importances(for: shape)
      return Stage(
        layer: name, correlations: ExplanationDistance.spearman(maps, after).map { 1 - $0 },
        sizeCorrelations: ExplanationDistance.spearman(maps.abs(), after.abs()).map { 1 - $0 })
    }
  }

  /// Checks that a model's weights can be replaced, before anything is worked out.
  ///
  /// - Throws: ``ExplanationError/constantWeights``.
  public static func check(_ classifier: any Classifier) throws(ExplanationError) {
    _ = try network(of: classifier)
  }

  private static func network(
    of classifier: any Classifier
  ) throws(ExplanationError) -> FrozenNetwork {
    guard let network = classifier as? FrozenNetwork else { throw .constantWeights }
    return network
  }

  /// The same question about the network with its parameters as they are now: constrained layers work their
  /// weights out anew, once, and then act as plain ones.
  private static func now(_ question: Question, of frozen: FrozenNetwork) throws -> Question {
    guard frozen.network !== frozen.source else { return question }
    let network = FrozenNetwork(
      frozen.source, inputShape: frozen.inputShape, classCount: frozen.classCount)
    var question = question
    question.target = question.target.replacing { try network.logits($0) }
    question.tap = try question.tap.map { try FeatureTap(network, layer: $0.layer) }
    return question
  }

  private static func drawn(
    _ layer: any Layer, named name: String, seed: UInt64
  ) -> [(parameter: Parameter, value: Tensor)] {
    let all = layer.parameters
    let weight = all.first { $0.value.rank > 1 }
    let fanIn = weight.map { $0.value.count / $0.value.size(0) } ?? 1
    return all.enumerated().map { number, parameter in
      let generator = Generator(seed: seed, purpose: "randomise.\(name)", index: UInt64(number))
      let shape = parameter.value.shape
      let value =
        shape.count > 1
        ? Initialiser.torchDefault.weight(shape, using: generator)
        : Initialiser.torchDefault.bias(shape.reduce(1, *), fanIn: fanIn, using: generator)
          .reshaped(shape)
      return (parameter, value.to(parameter.value.dtype))
    }
  }
}
