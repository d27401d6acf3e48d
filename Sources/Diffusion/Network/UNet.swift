import Foundation
import Networks
import Torch

/// The network inside a denoiser: maps scaled noisy images, noise levels and conditions to images.
///
/// Both layouts of Karras et al. (NeurIPS 2022), without their augmentation, with the names of weights
/// that its code gives. Resampling is by the mean of 2 x 2 pixels and by repetition.
public final class UNet: Module {
  /// What it looks like.
  public let settings: UNetSettings
  /// The shape of one image, `[C, H, W]`.
  public let imageShape: [Int]
  /// The size of the vectors that images are conditioned on; 0 for none.
  public let conditionWidth: Int
  private let mapLabel: (any Layer)?
  private let mapLayer0: Linear
  private let mapLayer1: Linear
  private let enc: NamedModules
  private let dec: NamedModules
  private let lastNorm: GroupNorm
  private let lastConv: Conv2D

  /// A network with random weights.
  ///
  /// - Throws: ``DiffusionError`` for settings that cannot be, such as groups of a normalisation that
  ///   do not divide its channels.
  public init(
    _ settings: UNetSettings, imageShape: [Int], conditionWidth: Int = 0,
    using generator: Generator
  ) throws(DiffusionError) {
    try settings.validate(for: imageShape)
    try DiffusionError.require(
      settings.conditionHidden == nil || conditionWidth > 0, "conditionHidden",
      settings.conditionHidden ?? 0, "left out without a condition")
    self.settings = settings
    self.imageShape = imageShape
    self.conditionWidth = conditionWidth
    let plan = UNetPlan(settings, imageShape: imageShape)
    let layers = UNetLayers(layout: settings.layout, generator: generator)
    let isSong = settings.layout == .song
    mapLayer0 = layers.linear(settings.width, plan.embedding)
    mapLayer1 = layers.linear(plan.embedding, plan.embedding)
    // DDPM++ adds conditions before the two layers, ADM after them.
    mapLabel =
      conditionWidth == 0
      ? nil
      : layers.conditions(
        conditionWidth, hidden: settings.conditionHidden,
        isSong ? settings.width : plan.embedding)
    let first = layers.convolution(plan.channels, settings.width, kernel: 3)
    enc = NamedModules([(plan.first, first)] + plan.down.map { Self.block($0, plan, layers) })
    let width = plan.up.last?.outputs ?? settings.width
    lastNorm = layers.norm(width)
    lastConv = layers.convolution(width, plan.channels, kernel: 3, .added)
    dec = NamedModules(
      plan.up.map { Self.block($0, plan, layers) }
        + (isSong
          ? [("\(plan.last)_aux_norm", lastNorm), ("\(plan.last)_aux_conv", lastConv)] : []))
  }

  private static func block(
    _ block: UNetPlan.Block, _ plan: UNetPlan, _ layers: UNetLayers
  ) -> (String, any Module) {
    let made = UNetBlock(
      block, embedding: plan.embedding, heads: plan.heads(block.outputs), dropout: plan.dropout,
      layers)
    return (block.name, made)
  }

  /// Weights and layers, without the settings.
  public var parts: [(name: String, part: Any)] {
    let isSong = settings.layout == .song
    let all: [(String, Any?)] = [
      ("map_label", mapLabel), ("map_layer0", mapLayer0), ("map_layer1", mapLayer1),
      ("enc", enc), ("dec", dec), ("out_norm", isSong ? nil : lastNorm),
      ("out_conv", isSong ? nil : lastConv),
    ]
    return all.compactMap { name, part in part.map { (name: name, part: $0) } }
  }

  /// Applies the network.
  ///
  /// - Parameters:
  ///   - images: scaled noisy images, `[N, C, H, W]`.
  ///   - noise: `c_noise` of every image, `[N]`.
  ///   - condition: a vector for every image, `[N, conditionWidth]`, zeros for none; no image has one
  ///     when `nil`.
  public func callAsFunction(
    _ images: Tensor, noise: Tensor, condition: Tensor? = nil, _ pass: Pass = .evaluation
  ) -> Tensor {
    let embedding = embedding(noise, condition, pass)
    let patch = settings.patch
    var features = patch > 1 ? images.spaceToDepth(patch) : images
    var skips: [Tensor] = []
    for (_, module) in enc.modules {
      features = apply(module, features, embedding, pass)
      skips.append(features)
    }
    for case let (_, block as UNetBlock) in dec.modules {
      let joined =
        block.takesSkip
        ? Tensor.concatenated([features, skips.removeLast()], along: 1) : features
      features = block(joined, embedding, pass)
    }
    let answer = lastConv(lastNorm.activated(features, pass), pass)
    return patch > 1 ? answer.depthToSpace(patch) : answer
  }

  private func apply(
    _ module: any Module, _ features: Tensor, _ embedding: Tensor, _ pass: Pass
  ) -> Tensor {
    if let block = module as? UNetBlock { return block(features, embedding, pass) }
    return (module as? any Layer)?(features, pass) ?? features
  }

  private func embedding(_ noise: Tensor, _ condition: Tensor?, _ pass: Pass) -> Tensor {
    let frequencies = frequencies(of: noise)
    let vectors =
      condition
      ?? .zeros([noise.size(0), conditionWidth], device: noise.device)
    switch settings.layout {
    case .song:
      // One-hot vectors, and vectors of length 1, have coordinates of variance 1 like this.
      let scale = Double(conditionWidth).squareRoot()
      let added = mapLabel.map { frequencies + $0(vectors * scale, pass) } ?? frequencies
      return mapLayer1(mapLayer0(added, pass).silu(), pass).silu()
    case .adm:
      let mapped = mapLayer1(mapLayer0(frequencies, pass).silu(), pass)
      return (mapLabel.map { mapped + $0(vectors, pass) } ?? mapped).silu()
    }
  }

  /// Cosines and sines of the level at frequencies from 1 down to 1/10000 (Vaswani et al., NIPS 2017);
  /// DDPM++ reaches the last and has the sines first.
  private func frequencies(of noise: Tensor) -> Tensor {
    let count = settings.width / 2
    let isSong = settings.layout == .song
    let steps = Double(isSong ? count - 1 : count)
    let values = (0..<count).map { Float(pow(1e-4, Double($0) / steps)) }
    let angles = noise.unsqueezed(1) * Tensor(values, shape: [1, count]).to(noise.device)
    return .concatenated(
      isSong ? [angles.sin(), angles.cos()] : [angles.cos(), angles.sin()], along: 1)
  }
}

/// Modules under names of their own, in order.
final class NamedModules: Module {
  let modules: [(name: String, module: any Module)]

  init(_ modules: [(String, any Module)]) {
    self.modules = modules.map { (name: $0, module: $1) }
  }

  var parts: [(name: String, part: Any)] { modules.map { (name: $0, part: $1) } }
}
