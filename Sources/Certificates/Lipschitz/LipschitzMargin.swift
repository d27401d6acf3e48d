import Networks
import Perturbations
import Torch

/// The margin between logits divided by a bound on how fast it can shrink.
///
/// Tsuzuku et al., "Lipschitz-margin training", NeurIPS 2018. With `L` a bound for the layers before the
/// last, and `wᵢ` the rows of the last, the difference of logits `y` and `i` is `L |w_y - wᵢ|`-Lipschitz, so
/// nothing shorter than `minᵢ (z_y - zᵢ) / (L |w_y - wᵢ|)` changes the class (Singla et al., "Improved
/// deterministic l2 robustness on CIFAR-10 and CIFAR-100", ICLR 2022). Networks that do not end with
/// a linear layer get `minᵢ (z_y - zᵢ) / (√2 L)`. `L` is computed in double precision from the weights as
/// they are now (``LipschitzBounded``). It is a statement about exact arithmetic; for what single
/// precision does to logits a few units of their last place are taken off the margin.
public struct LipschitzMargin: Certificate {
  /// The certificate.
  public init() {}

  /// `lipschitz`.
  public var name: String { "lipschitz" }

  /// The Euclidean norm.
  public var norms: [String] { ["l2"] }

  /// None.
  public var settings: [(name: String, value: String)] { [] }

  /// What logits are taken to be wrong by, in shares of the largest.
  private static let allowance = 64 * Rounding.unit

  /// The radius of every example.
  public func certify(
    _ classifier: any Classifier, _ batch: Batch, context: Context,
    progress: (@Sendable (_ done: Int) -> Void)?
  ) throws -> CertifiedResult {
    try check(batch)
    let speeds = try MarginSpeeds(provenNetwork(of: classifier), norm: L2())
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
    let frozen = try provenNetwork(of: classifier)
    var shape = frozen.inputShape
    return try LipschitzBound.product(
      of: frozen.network.flatStages, in: L2(), inputShape: &shape)
  }

  private func provenNetwork(
    of classifier: any Classifier
  ) throws(CertificateError) -> FrozenNetwork {
    try network(of: classifier) {
      ($0 as? Activation).map { $0.curve != nil } ?? ($0 is any LipschitzBounded)
    }
  }
}

/// How fast the differences of logits can change with the input.
private struct MarginSpeeds: Sendable {
  /// For every pair of classes, `[K][K]`; one number for all where the network has no linear head.
  private let pairs: [[Double]]
  private let common: Double

  init(_ frozen: FrozenNetwork, norm: any Norm) throws {
    var stages = frozen.network.flatStages
    let head = AffineHead(takenFrom: &stages)
    var shape = frozen.inputShape
    let before = try LipschitzBound.product(of: stages, in: norm, inputShape: &shape)
    common = before * 2.squareRoot() * SpectralNorm.slack
    pairs =
      head.map { head in
        (0..<head.weight.size(0)).map { label in
          let lengths = (head.weight[label] - head.weight).norm(order: 2, along: [1])
          return (lengths * (before * SpectralNorm.slack)).values(as: Double.self)
        }
      } ?? []
  }

  /// The radius within which a class stays ahead of all others.
  ///
  /// - Parameter allowance: what logits may be wrong by, in shares of the largest.
  func radius(_ logits: [Double], label: Int, allowance: Double) -> Double {
    let largest = logits.reduce(0) { max($0, abs($1)) }
    return logits.indices.filter { $0 != label }.reduce(Double.infinity) { least, other in
      let margin = logits[label] - logits[other] - 2 * allowance * largest
      let speed = pairs.isEmpty ? common : pairs[label][other]
      return min(least, margin > 0 ? margin / speed : 0)
    }
  }
}
