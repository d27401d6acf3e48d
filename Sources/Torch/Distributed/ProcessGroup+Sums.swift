import CTorch

extension ProcessGroup {
  /// The sum of a tensor over all processes, the same bits in each. Collective.
  ///
  /// - Parameter tensor: of the same shape and type everywhere, on the CPU.
  /// - Returns: a new tensor without history.
  /// - Throws: ``ProcessGroupError/lost(rank:place:reason:)`` or ``ProcessGroupError/failed(rank:reason:)``, naming
  ///   the process that is not there any more.
  public func sum(_ tensor: Tensor) throws -> Tensor {
    let result = tensor.detached().copy().contiguous()
    let group = try opened()
    let message = withExtendedLifetime(result) { ct_group_sum(group, result.handle) }
    if let error = TorchError(taking: message, in: "sum over processes") { throw explained(error) }
    return result
  }

  /// The sum of a tensor over all processes, with history: its gradient is the sum of theirs. Collective, and
  /// so is the backward pass.
  public func summed(_ tensor: Tensor) -> Tensor {
    do {
      var result: OpaquePointer?
      let group = try opened()
      let message = withExtendedLifetime(tensor) { ct_group_summed(group, tensor.handle, &result) }
      if let error = TorchError(taking: message, in: "sum over processes") { throw error }
      return result.map(Tensor.init(owning:)) ?? .placeholder
    } catch {
      FailureBox.report(error as? TorchError ?? TorchError("\(error)"))
      return .placeholder
    }
  }

  /// Batch normalisation of `[N, C, …]` by the mean and the variance over all processes, with history. Collective,
  /// and so is the backward pass.
  ///
  /// - Returns: the output, and mean, variance (of the values, divided by their number) and the number of values of
  ///   every channel, without history.
  public func batchNormalized(
    _ input: Tensor, weight: Tensor, bias: Tensor, epsilon: Double
  ) -> (output: Tensor, mean: Tensor, variance: Tensor, count: Tensor) {
    do {
      var results = [OpaquePointer?](repeating: nil, count: 4)
      let group = try opened()
      let message = withExtendedLifetime((input, weight, bias)) {
        ct_group_batch_norm(group, input.handle, weight.handle, bias.handle, epsilon, &results)
      }
      if let error = TorchError(taking: message, in: "batch normalisation over processes") {
        throw error
      }
      let found = results.map { $0.map(Tensor.init(owning:)) ?? .placeholder }
      return (found[0], found[1], found[2], found[3])
    } catch {
      FailureBox.report(error as? TorchError ?? TorchError("\(error)"))
      return (.placeholder, .placeholder, .placeholder, .placeholder)
    }
  }
}
