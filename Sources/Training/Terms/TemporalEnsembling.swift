import Networks
import Torch

/// The distance of a prediction from the average of what the network said of the same example in
/// earlier epochs (Laine and Aila, ICLR 2017, section 2.2).
///
/// `Z ← α Z + (1 - α) z` whenever an example is seen; the target is `Z / (1 - α^t)` after t times.
/// Examples that were not seen before count nothing.
public final class TemporalEnsembling: RememberingTerm {
  private let distance: ConsistencyDistance
  private let noise: Double
  private let momentum: Double
  /// The sums Z, one row an example of the data set.
  private var sums: Tensor?
  /// How often each example was seen.
  private var counts: [Int] = []
  private var seen: (step: Int, indices: [Int], probabilities: Tensor)?

  /// A term.
  ///
  /// - Parameters:
  ///   - noise: the standard deviation of normal noise on the inputs.
  ///   - momentum: α, at least 0 and below 1.
  public init(
    distance: ConsistencyDistance = .squaredError, noise: Double = 0, momentum: Double = 0.6
  ) {
    self.distance = distance
    self.noise = noise
    self.momentum = momentum
  }

  /// A distance is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the distance is between.
  public var outputs: OutputKind? { distance.outputs }
  /// The distance for the other kind.
  public var alternative: String { distance.alternative }

  /// The mean over the examples.
  public func value(in step: StepContext) throws -> Tensor {
    let logits = step.noisyLogits(step.view, noise: noise, purpose: name)
    let indices = step.view.indices
    if seen?.step != step.step {
      seen = (step.step, indices, distance.probabilities(of: logits.detached()))
    }
    guard let target = target(indices, like: logits) else { return (logits * 0).sum() }
    return (distance(from: target.values, to: logits) * target.isKnown).mean()
  }

  /// The targets of some examples, and one where there is one; `nil` when there is none yet.
  func target(_ indices: [Int], like logits: Tensor) -> (values: Tensor, isKnown: Tensor)? {
    guard let sums else { return nil }
    let times = indices.map { $0 < counts.count ? counts[$0] : 0 }
    let rows = zip(indices, times).map { $1 > 0 ? $0 : 0 }
    let factors = times.map { $0 > 0 ? 1 / (1 - power(momentum, $0)) : 0 }
    let values = sums.selecting(rows: rows) * Tensor(factors).to(sums.dtype).unsqueezed(1)
    let isKnown = Tensor(times.map { $0 > 0 ? 1.0 : 0 }).to(sums.dtype)
    return (values.to(logits.device), isKnown.to(logits.device))
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// Adds what the step saw to the averages.
  public func didUpdate(after step: StepContext) {
    guard let seen, seen.step == step.step else { return }
    let probabilities = seen.probabilities.to(.cpu)
    grow(to: (seen.indices.max() ?? 0) + 1, like: probabilities)
    guard let sums else { return }
    let rows = Tensor(seen.indices)
    let updated = sums.selecting(rows: rows) * momentum + probabilities * (1 - momentum)
    self.sums = sums.replacing(at: [rows], with: updated)
    for index in seen.indices { counts[index] += 1 }
    self.seen = nil
  }

  private func grow(to rows: Int, like probabilities: Tensor) {
    guard rows > counts.count else { return }
    let more = Tensor.zeros(
      [rows - counts.count, probabilities.size(1)], dtype: probabilities.dtype)
    sums = sums.map { .concatenated([$0, more]) } ?? more
    counts += Array(repeating: 0, count: rows - counts.count)
  }

  /// The sums and how often each example was seen.
  public var state: [String: Tensor] {
    get { sums.map { ["sums": $0, "counts": Tensor(counts)] } ?? [:] }
    set {
      sums = newValue["sums"]
      counts = newValue["counts"]?.values(as: Int.self) ?? []
    }
  }
}

extension TemporalEnsembling: RegisteredTerm {
  static let name = "temporal-ensembling"
  static let options = ["distance", "noise", "momentum"]

  convenience init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      distance: try options.choice("distance", default: .squaredError),
      noise: try options.notNegative("noise", default: 0),
      momentum: try options.number(
        "momentum", default: 0.6, in: 0...1.0.nextDown, "at least 0 and below 1"))
  }
}
