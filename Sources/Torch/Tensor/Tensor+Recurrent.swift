extension Tensor {
  /// The hidden states of one layer of long short-term memory that reads sequences from left to
  /// right, beginning with zeros: `[N, L, in]` to `[N, L, H]` (Hochreiter and Schmidhuber, Neural
  /// Computation 1997, with the forget gate of Gers et al., 2000).
  ///
  /// - Parameters:
  ///   - inputWeight: `[4 H, in]`, the gates in the order input, forget, cell, output.
  ///   - hiddenWeight: `[4 H, H]`.
  ///   - inputBias: `[4 H]`.
  ///   - hiddenBias: `[4 H]`.
  public func longShortTermMemory(
    inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor, hiddenBias: Tensor
  ) -> Tensor {
    let start = Operator.zeros([1, size(0), hiddenWeight.size(1)], dtype, Int?.none, device)
    let results = Operator.lstm.list(
      self, [start, start], [inputWeight, hiddenWeight, inputBias, hiddenBias], true, 1, 0.0, false,
      false, true)
    return results.first ?? .placeholder
  }
}
