import Networks
import Torch

/// A residual block with an embedding, and with self-attention after it where asked
/// (Karras et al., NeurIPS 2022, table 8; names of weights as in its code).
final class UNetBlock: Module {
  let norm0: GroupNorm
  let conv0: Conv2D
  let affine: Linear
  let norm1: GroupNorm
  let conv1: Conv2D
  let skip: Conv2D?
  let norm2: GroupNorm?
  let qkv: Conv2D?
  let proj: Conv2D?
  private let dropout: Dropout
  private let resampling: UNetPlan.Resampling?
  private let layout: UNetSettings.Layout
  private let heads: Int
  let takesSkip: Bool

  init(
    _ block: UNetPlan.Block, embedding: Int, heads: Int, dropout: Double, _ layers: UNetLayers
  ) {
    let outputs = block.outputs
    layout = layers.layout
    norm0 = layers.norm(block.inputs)
    conv0 = layers.convolution(block.inputs, outputs, kernel: 3)
    affine = layers.linear(embedding, layout == .adm ? 2 * outputs : outputs)
    norm1 = layers.norm(outputs)
    conv1 = layers.convolution(outputs, outputs, kernel: 3, .added)
    // DDPM++ also projects where only the size changes.
    let projects = block.inputs != outputs || (block.resampling != nil && layout == .song)
    skip = projects ? layers.convolution(block.inputs, outputs, kernel: 1) : nil
    norm2 = block.hasAttention ? layers.norm(outputs) : nil
    qkv = block.hasAttention ? layers.convolution(outputs, 3 * outputs, kernel: 1, .attention) : nil
    proj = block.hasAttention ? layers.convolution(outputs, outputs, kernel: 1, .added) : nil
    self.dropout = Dropout(dropout)
    self.heads = heads
    resampling = block.resampling
    takesSkip = block.takesSkip
  }

  /// Maps features `[N, C, H, W]` with embeddings `[N, E]`.
  func callAsFunction(_ input: Tensor, _ embedding: Tensor, _ pass: Pass) -> Tensor {
    let convolved = conv0(resampled(norm0.activated(input, pass)), pass)
    let parameters = affine(embedding, pass)
    let modulated: Tensor
    switch layout {
    case .song: modulated = norm1.activated(convolved, shift: parameters, pass)
    case .adm:
      let parts = parameters.unsqueezed(2).unsqueezed(3).chunks(2, along: 1)
      modulated = (parts[1] + norm1(convolved, pass) * (parts[0] + 1)).silu()
    }
    let residual = conv1(dropout(modulated, pass), pass)
    let shortcut = resampled(input)
    return attended(scaled(residual + (skip?(shortcut, pass) ?? shortcut)), pass)
  }

  private func attended(_ features: Tensor, _ pass: Pass) -> Tensor {
    guard let norm2, let qkv, let proj else { return features }
    // Queries, keys and values of a channel lie next to each other.
    let parts = qkv(norm2(features, pass), pass)
      .reshaped([features.size(0) * heads, features.size(1) / heads, 3, -1])
    let (queries, keys, values) = (
      parts.select(0, along: 2).transposed(1, 2), parts.select(1, along: 2).transposed(1, 2),
      parts.select(2, along: 2).transposed(1, 2)
    )
    let mixed = queries.attention(keys: keys, values: values).transposed(1, 2).reshaped(
      features.shape)
    return scaled(proj(mixed, pass) + features)
  }

  /// DDPM++ keeps the variance of sums.
  private func scaled(_ sum: Tensor) -> Tensor { layout == .song ? sum * 0.5.squareRoot() : sum }

  private func resampled(_ features: Tensor) -> Tensor {
    switch resampling {
    case .down: features.averagePooled2D(size: 2)
    case .up: features.resized(to: features.shape.suffix(2).map { 2 * $0 }, mode: .nearest)
    case nil: features
    }
  }
}
