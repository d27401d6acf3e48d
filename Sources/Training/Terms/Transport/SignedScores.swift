import Torch

/// Functions f of the inputs, each with its own side and the other one: what losses of optimal transport
/// are about.
///
/// Two classes have one function, positive on the second class; more classes have one each, which is to
/// be positive there and negative elsewhere; labels that do not exclude one another have one each as well.
public struct SignedScores {
  /// What a column stands for.
  public enum Kind: Sendable, Equatable {
    /// One function, or one a label: each is a problem of two classes.
    case separate
    /// One of several classes that exclude one another.
    case classes
  }

  /// The values f, `[N, K]`.
  public let scores: Tensor
  /// 1 where an example is on a function's own side and -1 where not, `[N, K]`.
  public let signs: Tensor
  /// What columns stand for.
  public let kind: Kind

  /// The function of two classes.
  ///
  /// - Parameters:
  ///   - scores: f, `[N]` or `[N, 1]`.
  ///   - labels: positive for f's own side, zero or negative for the other, `[N]`.
  public init(scores: Tensor, labels: Tensor) {
    self.scores = scores.reshaped([-1, 1])
    let isOwn = labels.reshaped([-1, 1]).greater(than: 0)
    signs = Self.signs(isOwn, like: scores)
    kind = .separate
  }

  /// One function for each of several classes.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - classes: `[N]`, int64.
  public init(logits: Tensor, classes: Tensor) {
    scores = logits
    signs = Self.signs(classes.oneHot(classCount: logits.size(1)), like: logits)
    kind = .classes
  }

  /// One function for each of several labels.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - targets: `[N, K]`, 1 where the label is there and 0 where it is not.
  public init(logits: Tensor, targets: Tensor) {
    scores = logits
    signs = Self.signs(targets.greater(than: 0), like: logits)
    kind = .separate
  }

  /// The functions of a network's outputs for a batch.
  ///
  /// For two classes f is the difference of the two logits, which is what decides; a network with
  /// one output gives f itself.
  public init(_ logits: Tensor, of batch: Batch) {
    if let targets = batch.targets {
      self.init(logits: logits, targets: targets)
    } else if logits.size(1) > 2 {
      self.init(logits: logits, classes: batch.labels)
    } else {
      self.init(scores: Self.difference(of: logits), labels: batch.labels)
    }
  }

  private init(scores: Tensor, signs: Tensor, kind: Kind) {
    (self.scores, self.signs, self.kind) = (scores, signs, kind)
  }

  /// The same functions, all multiplied with a number.
  public func multiplied(by factor: Double) -> SignedScores {
    SignedScores(scores: scores * factor, signs: signs, kind: kind)
  }

  private static func difference(of logits: Tensor) -> Tensor {
    guard logits.size(1) == 2 else { return logits }
    return logits.select(1, along: 1) - logits.select(0, along: 1)
  }

  private static func signs(_ isOwn: Tensor, like scores: Tensor) -> Tensor {
    isOwn.to(scores.dtype) * 2 - 1
  }

  /// The difference of the mean on a function's own side and that on the other, averaged over functions.
  ///
  /// For a function that is 1-Lipschitz it is at most the Wasserstein-1 distance of the two sides, and
  /// reaches it at best (Kantorovich and Rubinstein). Sides are weighed by how often they occur in
  /// the batch. A side without an example has no mean: the other one is all that counts.
  public var kantorovichRubinstein: Tensor {
    let isOwn = (signs + 1) * 0.5
    return (mean(where: isOwn) - mean(where: 1 - isOwn)).mean()
  }

  private func mean(where share: Tensor) -> Tensor {
    (scores * share).sum(along: 0) / share.sum(along: 0).clamped(to: 1...)
  }

  /// How far functions are from being `margin` on the right side, `(m - y f)₊`, on average.
  ///
  /// An example of several classes counts `K - 1` times for its own and once for every other one, so that
  /// own and others weigh the same.
  ///
  /// - Parameter margin: m, at least 0.
  public func hinge(margin: Double) -> Tensor {
    let missing = (margin - signs * scores).relu()
    guard kind == .classes else { return missing.mean() }
    let extra = Double(scores.size(1) - 2)
    return (missing * ((signs + 1) * (0.5 * extra) + 1)).mean()
  }

  /// `wₕ hinge - wₖ KR`.
  public func loss(_ weights: HingeRegularisation) -> Tensor {
    hinge(margin: weights.margin) * weights.hingeWeight
      - kantorovichRubinstein * weights.transportWeight
  }
}
