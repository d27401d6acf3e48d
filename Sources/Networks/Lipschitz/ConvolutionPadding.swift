import Torch

/// What a convolution sees beyond the edge of an image.
public enum ConvolutionPadding: String, Sendable, Codable, CaseIterable {
  /// Zeros.
  case zeros
  /// The opposite edge.
  case circular
  /// The mirror image, edge included.
  case symmetric
  /// The mirror image without the edge itself.
  case reflect
  /// The edge.
  case replicate

  /// Which of `size` pixels is seen at a place, from `-amount` on; `nil` where nothing is.
  func source(of place: Int, size: Int) -> Int? {
    if 0..<size ~= place { return place }
    return switch self {
    case .zeros: nil
    case .circular: (place % size + size) % size
    case .symmetric: place < 0 ? -1 - place : 2 * size - 1 - place
    case .reflect: place < 0 ? -place : 2 * size - 2 - place
    case .replicate: place < 0 ? 0 : size - 1
    }
  }

  /// The smallest image that can be padded so.
  func leastSize(_ amount: Int) -> Int {
    switch self {
    case .zeros, .replicate: 1
    case .circular, .symmetric: max(1, amount)
    case .reflect: amount + 1
    }
  }

  /// Images `[N, C, H, W]` with so many pixels more at every edge.
  package func padded(_ images: Tensor, by amount: Int) -> Tensor {
    guard amount > 0 else { return images }
    let amounts = [amount, amount, amount, amount]
    switch self {
    case .zeros: return images.padded(amounts)
    case .circular: return images.padded(amounts, mode: .circular)
    case .reflect: return images.padded(amounts, mode: .reflect)
    case .replicate: return images.padded(amounts, mode: .replicate)
    case .symmetric:
      return [2, 3].reduce(images) { image, dimension in
        let size = image.size(dimension)
        guard amount <= size else {
          reportFailure(
            TorchError(
              "an image of \(size) pixels has no mirror image of \(amount)",
              remedy: "pad less, or give larger images"))
          return image
        }
        let before = image.narrowed(to: 0..<amount, along: dimension).flipped(dimension)
        let after = image.narrowed(to: size - amount..<size, along: dimension).flipped(dimension)
        return Tensor.concatenated([before, image, after], along: dimension)
      }
    }
  }

  /// The same in TorchScript: statements that replace `x`.
  func script(_ amount: Int) -> String {
    guard amount > 0 else { return "" }
    let amounts = "[\(amount), \(amount), \(amount), \(amount)]"
    guard self == .symmetric else {
      return "x = torch.pad(x, \(amounts), \"\(self == .zeros ? "constant" : rawValue)\")\n"
    }
    return [2, 3].map { dimension in
      """
      before = torch.flip(torch.narrow(x, \(dimension), 0, \(amount)), [\(dimension)])
      after = torch.flip(torch.narrow(x, \(dimension), x.size(\(dimension)) - \(amount), \(amount)), \
      [\(dimension)])
      x = torch.cat([before, x, after], \(dimension))

      """
    }.joined()
  }
}
