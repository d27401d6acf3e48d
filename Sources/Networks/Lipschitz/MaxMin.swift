import Torch

/// The positive parts of all channels, then those of their negatives: `[N, C, …]` to `[N, 2 C, …]`.
///
/// Shang et al., "Understanding and improving convolutional neural networks via concatenated rectified linear
/// units", ICML 2016. It is what deel-lip and deel-torchlip call MaxMin. It keeps norms, and lengthens
/// differences by a factor of at most 1.
public final class ConcatenatedReLU: Layer {
  /// The layer.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    .concatenated([input.relu(), (-input).relu()], along: 1)
  }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.cat([torch.relu(x), torch.relu(-x)], 1)" }
}

/// The maxima, then the minima of channels of the first half with those of the second: `[N, C, …]`.
///
/// What the orthogonium library and "Skew orthogonal convolutions" (Singla and Feizi, ICML 2021) call
/// MaxMin: 1, 4, 3, 2 becomes 3, 4, 1, 2.
public final class HalvesMaxMin: Layer {
  /// The layer.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard let (first, second) = input.channelHalves(layer: "HalvesMaxMin") else { return input }
    return .concatenated([first.maximum(second), first.minimum(second)], along: 1)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    a, b = torch.chunk(x, 2, 1)
    return torch.cat([torch.maximum(a, b), torch.minimum(a, b)], 1)
    """
  }
}

/// Adjacent pairs of channels in the order maximum, minimum; the last of an odd number stays as it is:
/// `[N, C, …]`.
///
/// What "1-Lipschitz layers compared" (Prach et al., CVPR 2024) calls MaxMin: 1, 4, 3, 2 becomes
/// 4, 1, 3, 2.
public final class PairsMaxMin: Layer {
  /// The layer.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let even = input.size(1) / 2 * 2
    let paired = input.narrowed(to: 0..<even, along: 1)
    let sorted = paired.sortedPairs(descending: true)
    guard even < input.size(1) else { return sorted }
    return .concatenated([sorted, input.narrowed(to: even..<even + 1, along: 1)], along: 1)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    even = x.size(1) // 2 * 2
    groups = torch.unflatten(torch.narrow(x, 1, 0, even), 1, [even // 2, 2])
    pairs = torch.flatten(torch.sort(groups, 2, True)[0], 1, 2)
    return torch.cat([pairs, torch.narrow(x, 1, even, x.size(1) - even)], 1)
    """
  }
}

extension Tensor {
  /// The first and the second half of all channels; `nil` after the failure that an odd number is.
  func channelHalves(layer: String) -> (Tensor, Tensor)? {
    guard rank >= 2, size(1) % 2 == 0 else {
      reportFailure(
        TorchError(
          "\(layer) needs an even number of channels, and the input has the shape \(shape)",
          remedy: "choose an even number of channels"))
      return nil
    }
    let half = size(1) / 2
    return (narrowed(to: 0..<half, along: 1), narrowed(to: half..<2 * half, along: 1))
  }
}
