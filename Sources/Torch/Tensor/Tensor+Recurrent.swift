extension Tensor {
  /// The hidden states of one layer of long short-term memory that reads sequences from left to
  /// right, beginning with zeros: `[N, L, in]` to `[N, L, H]` (Hochreiter and Schmidhuber, Neural
  /// Computation 1997, with the forget gate of Gers et al., 2000).
  ///
  /// Inside ``withPrecision(_:on:_:)`` the layer stays in single precision where the processor has no
  /// such layer in the lower one: on x86 without AVX-512.
  ///
  /// - Parameters:
  ///   - inputWeight: `[4 H, in]`, the gates in the order input, forget, cell, output.
  ///   - hiddenWeight: `[4 H, H]`.
  ///   - inputBias: `[4 H]`.
  ///   - hiddenBias: `[4 H]`.
  public func longShortTermMemory(
    inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor, hiddenBias: Tensor
  ) -> Tensor {
    let weights = [inputWeight, hiddenWeight, inputBias, hiddenBias]
    guard device == .cpu, !Precision.roundsRecurrence else { return hiddenStates(weights) }
    return withPrecision(.float32) { atLeastSinglePrecision().hiddenStates(weights) }
  }

  private func hiddenStates(_ weights: [Tensor]) -> Tensor {
    let start = Operator.zeros([1, size(0), weights[1].size(1)], dtype, Int?.none, device)
    let results = Operator.lstm.list(
      self, [start, start], weights, true, 1, 0.0, false, false, true)
    return results.first ?? .placeholder
  }
}
