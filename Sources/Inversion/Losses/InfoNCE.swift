import Foundation
import Torch

/// The contrastive loss of van den Oord et al. (arXiv 1807.03748) on cosines of templates:
/// `-log (exp(s⁺ / τ) / (exp(s⁺ / τ) + Σ exp(s⁻ / τ)))`, in nats.
///
/// s⁺ is the cosine of a reconstruction's template with its target, s⁻ those with templates of other people.
/// Negatives of the target's own identity are left out. With K negatives `log(K + 1)` less the mean loss is
/// a lower bound of the mutual information of template and reconstruction; it says nothing of their
/// information about negatives.
public struct InfoNCE: Sendable, Equatable {
  /// τ: the smaller, the more the nearest negatives count.
  public let temperature: Double
  /// How many negatives of each example count, the most alike ones; all when `nil`.
  public let hardest: Int?

  /// The loss.
  ///
  /// - Parameters:
  ///   - temperature: positive; 0.07 is He et al.'s (CVPR 2020).
  ///   - hardest: at least 1.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(temperature: Double = 0.07, hardest: Int? = nil) throws(InversionError) {
    guard temperature > 0, temperature.isFinite else {
      throw .setting(name: "temperature", value: "\(temperature)", allowed: "positive and finite")
    }
    if let hardest, hardest < 1 {
      throw .setting(name: "hardest", value: "\(hardest)", allowed: "at least 1")
    }
    self.temperature = temperature
    self.hardest = hardest
  }

  /// The loss of each example, `[B]`; zero where there is no negative.
  ///
  /// - Parameters:
  ///   - templates: of reconstructions, `[B, D]`.
  ///   - targets: `[B, D]`.
  ///   - identities: whose the targets are, B numbers.
  ///   - negatives: what templates are to be unlike.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/templateWidth(encoder:width:expected:)``.
  public func losses(
    _ templates: Tensor, targets: Tensor, identities: [Int], negatives: Negatives
  ) throws -> Tensor {
    let (cosine, rivals) = try negatives.cosines(
      of: templates, targets: targets, identities: identities)
    let positive = cosine / temperature
    guard negatives.count > 0 else { return positive - positive }
    var others = rivals / temperature
    if let hardest, hardest < negatives.count {
      others = others.top(hardest, along: 1).values
    }
    let all = Tensor.concatenated([positive.unsqueezed(1), others], along: 1)
    return all.logSumExp(along: 1) - positive
  }

  /// What a mean loss with `count` negatives says at least about the mutual information, in nats.
  public static func informationBound(meanLoss: Double, negatives count: Int) -> Double {
    log(Double(count + 1)) - meanLoss
  }
}
