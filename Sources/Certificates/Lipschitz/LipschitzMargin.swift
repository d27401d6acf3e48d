import Networks
import Perturbations
import Torch

/// The margin between logits divided by a bound on how fast it can shrink.
///
/// Tsuzuku et al., "Lipschitz-margin training", NeurIPS 2018. With `L` a bound for the layers before the
/// last, and `wᵢ` the rows of the last, the difference of logits `y` and `i` is `L |w_y - wᵢ|`-Lipschitz, so
/// nothing shorter than `minᵢ (z_y - zᵢ) / (L |w_y - wᵢ|)` changes the class (Singla et al., "Improved
/// deterministic l2 robustness on CIFAR-10 and CIFAR-100", ICLR 2022). Networks that do not end with
/// a linear layer get `minᵢ (z_y - zᵢ) / (√2 L)`, those with one output `f`, whose sign decides between two
/// classes, `|f| / L`. ``Head`` has the other ways to divide. `L` is computed in double precision from the weights as
/// they are now (``LipschitzBounded``), or for TorchScript models from the operators that they call. It is a statement about exact arithmetic; for what single
/// precision does to logits a few units of their last place are taken off the margin.
public struct LipschitzMargin: Certificate {
  /// What the bound on the last layer is about.
  public enum Head: String, Sendable, CaseIterable {
    /// Every difference of two logits by itself; the largest radii.
    case pairwise
    /// All logits together, `(z_y - zᵢ) / (√2 L)`.
    case joint
    /// Every logit by itself, `(z_y - zᵢ) / (2 L)`.
    case perClass = "per-class"
  }

  /// What the bound on the last layer is about.
  public var head: Head

  /// The certificate.
  public init(head: Head = .pairwise) { self.head = head }

  /// `lipschitz`.
  public var name: String { "lipschitz" }

  /// The Euclidean norm.
  public var norms: [String] { ["l2"] }

  /// The head.
  public var settings: [(name: String, value: String)] { [("head", head.rawValue)] }

  /// What logits are taken to be wrong by, in shares of the largest.
  private static let allowance = 64 * Rounding.unit

  /// The radius of every example.
  public func certify(
    _ classifier: any Classifier, _ batch: Batch, context: Context,
    progress: (@Sendable (_ done: Int) -> Void)?
  ) throws -> CertifiedResult {
    try check(batch)
    let speeds = try speeds(of: classifier)
    let tally = Tally(progress)
    let certify: @Sendable (Batch) throws -> CertifiedResult = { chunk in
      let logits = try withoutGradients { try classifier.logits(chunk.inputs) }
      let labels = chunk.labels.values(as: Int.self)
      let correct = Target.isCorrect(logits, chunk.labels).values(as: Bool.self)
      let rows = logits.to(.float64).values(as: Double.self)
      let count = classifier.classCount
      let radii = labels.indices.map { row in
        correct[row]
          ? speeds.radius(
            Array(rows[row * count..<(row + 1) * count]), label: labels[row],
            allowance: Self.allowance) : 0
      }
      tally.add(chunk.count)
      return CertifiedResult(
        method: name, norm: "l2", guarantee: .deterministic, indices: chunk.indices,
        predicted: logits.argmax(along: 1).values(as: Int.self), correct: correct, radius: radii)
    }
    guard batch.count > 0 else { return try certify(batch) }
    return .joined(try AttackEngine().map(batch, context: context, certify))
  }

  /// A bound on the Lipschitz constant of a whole network, logits included.
  ///
  /// - Throws: ``CertificateError`` for a model that shows no layers, or one with a layer without a proof.
  public func lipschitzBound(of classifier: any Classifier) throws -> Double {
    if let script = classifier as? ScriptClassifier {
      return try attempt { try RecordedNetwork(script).output.bound }
    }
    let frozen = try provenNetwork(of: classifier)
    var shape = frozen.inputShape
    return try LipschitzBound.product(
      of: frozen.network.flatStages, in: L2(), inputShape: &shape)
  }

  private func speeds(of classifier: any Classifier) throws -> MarginSpeeds {
    guard let script = classifier as? ScriptClassifier else {
      return try MarginSpeeds(provenNetwork(of: classifier), head: head)
    }
    return try attempt {
      try MarginSpeeds(RecordedNetwork(script), classCount: script.classCount, head: head)
    }
  }

  private func provenNetwork(
    of classifier: any Classifier
  ) throws(CertificateError) -> FrozenNetwork {
    try network(of: classifier) {
      ($0 as? Activation).map { $0.curve != nil } ?? ($0 is any LipschitzBounded)
    }
  }
}
