import Torch

/// How the channels of a map are brought together.
public enum ChannelReduction: String, Sendable, CaseIterable, Codable {
  /// Not at all: the map has the shape of the input.
  case none
  /// Their mean.
  case mean
  /// The one of largest size at every place, with its sign.
  case max

  /// Maps `[N, C, H, W]` as `[N, H, W]`; all others as they are.
  func callAsFunction(_ maps: Tensor) -> Tensor {
    guard maps.rank == 4, self != .none else { return maps }
    guard self == .max else { return maps.mean(along: 1) }
    let largest = maps.abs().argmax(along: 1).unsqueezed(1)
    return maps.gathering(largest, along: 1).squeezed(1)
  }
}
