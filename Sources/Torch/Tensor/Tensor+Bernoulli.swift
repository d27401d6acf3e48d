// Losses for labels that do not exclude one another: a logit z a class, with the probability
// sigmoid(z). Every one is a sum of non-negative terms p · softplus, so nothing is clipped and logits of
// any size stay finite.
extension Tensor {
  /// The cross-entropy of every example, `[N]` from logits `[N, K]`, summed over classes, in nats.
  ///
  /// - Parameter targets: `[N, K]`, in 0...1 each: the probability that the label is there.
  public func bernoulliCrossEntropy(_ targets: Tensor) -> Tensor {
    (targets * (-self).exactSoftplus() + (1 - targets) * exactSoftplus()).sum(along: 1)
  }

  /// `Σ KL(Bernoulli(p) ‖ Bernoulli(q))` of every example, `[N]`, for logits `[N, K]` of p (self) and
  /// of q, in nats.
  ///
  /// It equals the divergence of a softmax over the two logits 0 and z, class by class.
  public func bernoulliDivergence(toLogits other: Tensor) -> Tensor {
    let isThere = sigmoid() * ((-other).exactSoftplus() - (-self).exactSoftplus())
    let isNot = (-self).sigmoid() * (other.exactSoftplus() - exactSoftplus())
    return (isThere + isNot).sum(along: 1)
  }

  /// The entropy of every example, `[N]` from logits `[N, K]`, summed over classes, in nats.
  public func bernoulliEntropy() -> Tensor {
    (sigmoid() * (-self).exactSoftplus() + (-self).sigmoid() * exactSoftplus()).sum(along: 1)
  }

  /// `log(1 + exp(x))` to the last digits of float64: libtorch's goes over to x at 20, where that is
  /// wrong by 2e-9.
  private func exactSoftplus() -> Tensor { Operator.softplus(self, 1.0, 40.0) }
}
