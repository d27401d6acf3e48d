import Networks
import Torch

/// A model that can be trained to denoise.
public protocol DenoisingModel: Module {
  /// How it is made of a network.
  var preconditioning: Preconditioning { get }
  /// The size of the vectors it is conditioned on; 0 for none.
  var conditionWidth: Int { get }
  /// Whether several threads may denoise at once.
  var isReadOnly: Bool { get }
  /// The estimate of clean images, `[N, C, H, W]`.
  ///
  /// - Parameters:
  ///   - noisy: images with noise.
  ///   - level: the standard deviation of the noise of every image, `[N]`.
  ///   - condition: a vector for every image, `[N, conditionWidth]`, zeros for none; no image has one
  ///     when `nil`.
  func denoised(_ noisy: Tensor, level: Tensor, condition: Tensor?, _ pass: Pass) -> Tensor
  /// The vectors of some classes, `[N]` int64, with their history; `nil` for a model without classes.
  func condition(ofClasses labels: Tensor) -> Tensor?
}

extension DenoisingModel {
  /// They may.
  public var isReadOnly: Bool { true }
}

/// A preconditioned U-Net, with vectors for classes where there are such.
public final class DenoisingNetwork: DenoisingModel {
  /// How the denoiser is made of the network.
  public let preconditioning: Preconditioning
  /// The network.
  public let model: UNet
  /// The vectors of classes, where they are learned.
  public let classes: ClassVectors?
  /// The number of classes whose vectors are the unit vectors; 0 for none.
  private let oneHotClasses: Int

  /// A denoiser with random weights.
  ///
  /// - Throws: ``DiffusionError`` for settings that cannot be.
  public init(
    _ settings: UNetSettings, imageShape: [Int], conditioning: Conditioning = .none,
    preconditioning: Preconditioning = Preconditioning(), using generator: Generator
  ) throws(DiffusionError) {
    try conditioning.validate()
    let deviation = preconditioning.dataDeviation
    try DiffusionError.require(
      deviation > 0 && deviation.isFinite, "dataDeviation", deviation, "positive and finite")
    self.preconditioning = preconditioning
    model = try UNet(
      settings, imageShape: imageShape, conditionWidth: conditioning.width, using: generator)
    switch conditioning {
    case .classes(let count, let width?):
      classes = ClassVectors(count: count, width: width, using: generator)
      oneHotClasses = 0
    case .classes(let count, nil): (classes, oneHotClasses) = (nil, count)
    case .none, .vectors: (classes, oneHotClasses) = (nil, 0)
    }
  }

  /// The weights: those of the network under `model`, and those of classes under `classes`.
  public var parts: [(name: String, part: Any)] {
    [(name: "model", part: model)] + (classes.map { [(name: "classes", part: $0)] } ?? [])
  }

  /// The size of conditions.
  public var conditionWidth: Int { model.conditionWidth }

  /// The layers that are adapted to a condition, by name: the embedding's of every block, attention, and
  /// the convolutions at the lowest resolution.
  public var layersToAdapt: [String] {
    let side =
      (model.imageShape[1] / model.settings.patch) >> (model.settings.multipliers.count - 1)
    return namedLeaves.map(\.name).filter { name in
      let isLowest = name.contains(".\(side)x\(side)_")
      return ["affine", "qkv", "proj"].contains { name.hasSuffix(".\($0)") }
        || isLowest && (name.hasSuffix(".conv0") || name.hasSuffix(".conv1"))
    }
  }

  /// What conditions go through before the network sees them: their vectors, where they are learned, and the
  /// layers after these.
  public var conditionParts: [(name: String, part: any Module)] {
    let layers = model.parts.filter { $0.name == "map_label" }
    return (classes.map { [(name: "classes", part: $0)] } ?? [])
      + layers.compactMap { layer in
        (layer.part as? any Module).map { (name: layer.name, part: $0) }
      }
  }

  /// The estimate of clean images, in the precision of the pass.
  public func denoised(
    _ noisy: Tensor, level: Tensor, condition: Tensor? = nil, _ pass: Pass = .evaluation
  ) -> Tensor {
    preconditioning.denoised(noisy, level: level) { scaled, noise in
      pass.outputs(
        of: { model(scaled, noise: noise, condition: condition, pass) }, on: scaled.device)
    }
  }

  /// The vectors of classes.
  public func condition(ofClasses labels: Tensor) -> Tensor? {
    if let classes { return classes(labels) }
    return oneHotClasses > 0 ? labels.oneHot(classCount: oneHotClasses).to(.float32) : nil
  }
}

/// What images are conditioned on.
public enum Conditioning: Sendable, Equatable {
  /// Nothing.
  case none
  /// One of some classes: unit vectors, or learned vectors of a width.
  case classes(Int, width: Int? = nil)
  /// Vectors of a width, such as templates.
  case vectors(Int)

  /// The size of the vectors.
  public var width: Int {
    switch self {
    case .none: 0
    case .classes(let count, let width): width ?? count
    case .vectors(let width): width
    }
  }

  func validate() throws(DiffusionError) {
    if case .classes(let count, let width) = self {
      try DiffusionError.require(1...1_000_000 ~= count, "classes", count, "at least 1")
      try DiffusionError.require(1...65_536 ~= width ?? 1, "vectors", width ?? 1, "at least 1")
    }
    if case .vectors(let width) = self {
      try DiffusionError.require(1...65_536 ~= width, "vectors", width, "at least 1")
    }
  }
}

/// A learned vector of length 1 for every class.
public final class ClassVectors: Module {
  /// The vectors before they are scaled, `[C, width]`.
  @Parameter public var weight: Tensor

  /// Vectors in random directions.
  public init(count: Int, width: Int, using generator: Generator) {
    _weight = Parameter(wrappedValue: .normal([count, width], using: generator))
  }

  /// The vectors of some classes, `[N]` int64 to `[N, width]`.
  public func callAsFunction(_ labels: Tensor) -> Tensor {
    let rows = weight.embedding(labels)
    return rows / (rows.squared().sum(along: 1, keepingDimensions: true) + 1e-12).sqrt()
  }
}
