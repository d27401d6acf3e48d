import Networks
import Perturbations
import Statistics
import Torch

/// Randomised smoothing: what a model says most often when normal noise is added to its input.
///
/// Cohen, Rosenfeld and Kolter, "Certified adversarial robustness via randomized smoothing", ICML 2019,
/// section 3.2. It certifies the smoothed model, not the model, and works for any. Few draws choose the
/// class, many others estimate its probability from below: with `p` the one-sided Clopper-Pearson bound,
/// no perturbation shorter than `σ Φ⁻¹(p)` changes what the smoothed model says, with a probability of
/// `1 - α` for every example by itself. It abstains where `p` is below one half. Noise leaves the box of
/// the data, as in the article. An output that is not finite is a vote for nobody.
public struct RandomizedSmoothing: Certificate {
  /// The standard deviation of the noise, σ, in the data's own units.
  public var sigma: Double
  /// How many draws choose the class, n₀.
  public var selectionSamples: Int
  /// How many draws estimate its probability, n; 100 000 in the article.
  public var samples: Int
  /// How likely a certificate may be wrong, α.
  public var alpha: Double

  /// The certificate.
  public init(
    sigma: Double = 0.25, selectionSamples: Int = 100, samples: Int = 10_000, alpha: Double = 0.001
  ) {
    self.sigma = sigma
    self.selectionSamples = selectionSamples
    self.samples = samples
    self.alpha = alpha
  }

  /// `smoothing`.
  public var name: String { "smoothing" }

  /// The Euclidean norm.
  public var norms: [String] { ["l2"] }

  /// All settings.
  public var settings: [(name: String, value: String)] {
    [
      ("sigma", "\(sigma)"), ("selectionSamples", "\(selectionSamples)"),
      ("samples", "\(samples)"), ("alpha", "\(alpha)"),
    ]
  }

  /// The class and the radius of every example (CERTIFY in the article).
  ///
  /// Sampling ends before all `n` draws only where no outcome of those that are left could change what
  /// is reported: that the method abstains, or that it does not and the class is wrong. Stopping when
  /// the estimate looks good or bad would invalidate the confidence bound; this cannot, since the report
  /// is the same as with all draws.
  public func certify(
    _ classifier: any Classifier, _ batch: Batch, context: Context,
    progress: (@Sendable (_ done: Int) -> Void)?
  ) throws -> CertifiedResult {
    try validate()
    try check(batch)
    let least = try leastHits()
    let tally = Tally(progress)
    let labels = batch.labels.values(as: Int.self)
    let outcomes = try context.map(batch.count) { position in
      let noisy = NoisyInput(
        batch.inputs[position..<position + 1].to(context.device), sigma: sigma, classifier)
      let outcome = try certify(
        noisy, context.seed, index: batch.indices[position], label: labels[position], least)
      tally.add(1)
      return outcome
    }
    return CertifiedResult(
      method: name, norm: "l2", guarantee: .smoothed(sigma: sigma, probability: 1 - alpha),
      indices: batch.indices, predicted: outcomes.map(\.predicted),
      correct: zip(outcomes, labels).map { $0.predicted == $1 }, radius: outcomes.map(\.radius),
      lowerProbability: outcomes.map(\.lowerProbability))
  }

  /// What the smoothed model says, `nil` where it abstains (PREDICT in the article): the class that
  /// won, where a fair coin would not be as uneven as the two with the most votes with a probability
  /// above `α`.
  ///
  /// It is wrong about the smoothed model's class with a probability of at most `α`.
  public func predict(
    _ classifier: any Classifier, _ batch: Batch, context: Context
  ) throws -> [Int?] {
    try validate()
    try check(batch)
    return try context.map(batch.count) { position -> Int? in
      var noisy = NoisyInput(
        batch.inputs[position..<position + 1].to(context.device), sigma: sigma, classifier)
      noisy.restart(context.seed, "smoothing.prediction", index: batch.indices[position])
      let votes = try noisy.votes(samples)
      let order = votes.indices.sorted { (-votes[$0], $0) < (-votes[$1], $1) }
      guard let first = order.first, votes[first] > 0 else { return nil }
      let second = order.count > 1 ? votes[order[1]] : 0
      let chance = BinomialTest.twoSided(
        successes: votes[first], trials: votes[first] + second)
      return chance <= alpha ? first : nil
    }
  }

  private struct Outcome: Sendable, Codable {
    var predicted: Int?
    var radius = 0.0
    var lowerProbability: Double?
  }

  private func certify(
    _ input: NoisyInput, _ seed: UInt64, index: Int, label: Int, _ least: Int
  ) throws -> Outcome {
    var noisy = input
    noisy.restart(seed, "smoothing.selection", index: index)
    let votes = try noisy.votes(selectionSamples)
    guard let most = votes.max(), most > 0, let chosen = votes.firstIndex(of: most) else {
      return Outcome()
    }
    noisy.restart(seed, "smoothing.estimation", index: index)
    var (hits, drawn) = (0, 0)
    while drawn < samples {
      let count = min(samples - drawn, noisy.blockSize)
      hits += try noisy.votes(count)[chosen]
      drawn += count
      if hits + samples - drawn < least { return Outcome() }
      if chosen != label, hits >= least { return Outcome(predicted: chosen) }
    }
    let bound = try Proportion(successes: hits, trials: samples).lowerBound(level: 1 - alpha)
    return Outcome(
      predicted: chosen,
      radius: chosen == label ? sigma * NormalDistribution.quantile(bound) : 0,
      lowerProbability: bound)
  }

  /// The fewest hits whose lower bound is one half; more than there are draws where none is.
  private func leastHits() throws -> Int {
    var (low, high) = (0, samples + 1)
    while low < high {
      let middle = (low + high) / 2
      let isEnough =
        try middle > samples
        || Proportion(successes: middle, trials: samples).lowerBound(level: 1 - alpha) >= 0.5
      if isEnough { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Checks every setting.
  ///
  /// - Throws: ``CertificateError/setting(name:value:allowed:)`` for the first that is out of range.
  public func validate() throws(CertificateError) {
    guard sigma > 0, sigma.isFinite else {
      throw .setting(name: "sigma", value: sigma, allowed: "above 0")
    }
    guard alpha > 0, alpha < 1 else {
      throw .setting(name: "alpha", value: alpha, allowed: "above 0 and below 1")
    }
    for (name, count) in [("selection samples", selectionSamples), ("samples", samples)]
    where count < 1 {
      throw .setting(name: "the number of \(name)", value: Double(count), allowed: "at least 1")
    }
  }
}
