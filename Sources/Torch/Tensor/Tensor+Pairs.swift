import CTorch

extension Tensor {
  /// Adjacent channels in pairs, each sorted: `[N, C, …]` with an even number of channels.
  ///
  /// One pass over the memory, and one for the gradient, which goes where the elements came from.
  public func sortedPairs(descending: Bool = false) -> Tensor {
    guard device == .cpu else { return sortedPairsByOperators(descending: descending) }
    var result: OpaquePointer?
    let message = withExtendedLifetime(self) { ct_sorted_pairs(handle, descending, &result) }
    if let error = TorchError(taking: message, in: "sortedPairs") { FailureBox.report(error) }
    return result.map(Tensor.init(owning:)) ?? .placeholder
  }

  private func sortedPairsByOperators(descending: Bool) -> Tensor {
    let pairs = reshaped([size(0), size(1) / 2, 2] + shape.dropFirst(2))
    return pairs.sorted(along: 2, descending: descending).values.reshaped(shape)
  }
}
