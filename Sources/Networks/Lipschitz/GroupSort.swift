import Torch

/// Sorts adjacent channels in groups of some size, ascending: `[N, C, …]`. It keeps norms, of inputs and of
/// gradients, and with 1-Lipschitz linear layers approximates every 1-Lipschitz function.
///
/// Anil, Lucas and Grosse, "Sorting out Lipschitz function approximation", ICML 2019. Groups of 2 are
/// adjacent pairs in the order minimum, maximum. Other libraries have other layers under the name MaxMin:
/// ``ConcatenatedReLU``, ``HalvesMaxMin``, ``PairsMaxMin``; weights trained with one do not suit another.
public final class GroupSort: Layer {
  private let size: Int

  /// Groups of `size` channels, at least 2; as many must divide the number of channels.
  public init(_ size: Int = 2) {
    precondition(size >= 2, "groups of \(size) channels cannot be sorted")
    self.size = size
  }

  /// Sorts.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard let groups = input.channelGroups(of: size, layer: "GroupSort") else { return input }
    guard size == 2 else { return groups.sorted(along: 2).values.reshaped(input.shape) }
    return input.sortedPairs()
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    groups = torch.unflatten(x, 1, [x.size(1) // \(size), \(size)])
    return torch.flatten(torch.sort(groups, 2)[0], 1, 2)
    """
  }
}

/// Sorts all channels, ascending: `[N, C, …]`.
///
/// Anil, Lucas and Grosse, "Sorting out Lipschitz function approximation", ICML 2019.
public final class FullSort: Layer {
  /// The layer.
  public init() {}

  /// Sorts.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.sorted(along: 1).values
  }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.sort(x, 1)[0]" }
}

extension Tensor {
  /// Adjacent channels in groups, `[N, C / size, size, …]`.
  ///
  /// Channels that cannot be divided are a failure, and the result is `nil`.
  func channelGroups(of size: Int, layer: String) -> Tensor? {
    guard rank >= 2, self.size(1) % size == 0 else {
      reportFailure(
        TorchError(
          "\(layer) has groups of \(size) channels, which do not divide an input of shape \(shape)",
          remedy: "choose a number of channels that is a multiple of \(size)"))
      return nil
    }
    return reshaped([self.size(0), self.size(1) / size, size] + shape.dropFirst(2))
  }
}
