import Datasets
import Networks
import Torch

/// A network that reads the traits of people off portraits, trained on pictures of other people whose traits
/// are known.
///
/// It is Sendable as `FrozenNetwork` is: it is trained once, by its initialiser.
public struct AttributeOracle: @unchecked Sendable {
  /// How it is trained.
  public struct Settings: Sendable, Equatable {
    /// How many pictures are drawn.
    public var pictures = 20_000
    /// How often each is seen.
    public var epochs = 8
    /// Pictures a step.
    public var batchSize = 32
    /// The learning rate at the start, which falls to zero along half a cosine.
    public var learningRate = 2e-3
    /// The channels of the first convolution.
    public var width = 32

    /// The defaults.
    public init() {}
  }

  private let network: any Layer
  private static let traits = PortraitIdentity.Trait.allCases.count

  /// Trains an oracle on portraits of many people; a few it would learn by heart.
  ///
  /// - Parameters:
  ///   - portraits: whom it learns from, such as the public pool.
  ///   - seed: of people and pictures.
  ///   - context: the seed of weights and order.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``; `ProceduralError`; what libtorch reports.
  public init(
    learningFrom portraits: Portraits, seed: UInt64, settings: Settings = Settings(),
    context: Context = Context()
  ) throws {
    for (name, value) in [
      ("pictures", settings.pictures), ("epochs", settings.epochs),
      ("batchSize", settings.batchSize), ("width", settings.width),
    ] where value < 1 {
      throw InversionError.setting(name: name, value: "\(value)", allowed: "at least 1")
    }
    guard portraits.size % 8 == 0 else {
      throw InversionError.setting(
        name: "size of the portraits", value: "\(portraits.size)", allowed: "a multiple of 8")
    }
    let sample = try portraits.draw(settings.pictures, seed: seed, part: .train)
    let generator = Generator(seed: context.seed, purpose: "attributes.weights")
    let shape = portraits.exampleShape
    let network = Sequential {
      for (stage, depth) in [1, 2, 4].map({ $0 * settings.width }).enumerated() {
        Conv2D(
          stage == 0 ? shape[0] : depth / 2, depth, kernel: 3, padding: 1, hasBias: false,
          initialiser: .kaimingNormal, using: generator)
        BatchNorm(depth)
        Activation.relu()
        // Averages keep where something is; with maxima widths and angles are hardly learned.
        AveragePool2D(2)
      }
      Flatten()
      Linear(
        4 * settings.width * (shape[1] / 8) * (shape[1] / 8), 128, using: generator)
      BatchNorm(128)
      Activation.relu()
      Linear(128, PortraitIdentity.names.count, using: generator)
    }
    self.network = network
    try Self.train(network, on: sample, settings, context)
  }

  private static func train(
    _ network: any Layer, on sample: ProceduralSample<Portraits.Truth>, _ settings: Settings,
    _ context: Context
  ) throws {
    let inputs = Tensor(sample.inputs, shape: sample.shape)
    let truth = Tensor(
      sample.truth.flatMap { $0.identity.vector.map(Float.init) },
      shape: [sample.count, PortraitIdentity.names.count])
    let size = min(settings.batchSize, sample.count)
    let perEpoch = sample.count / size
    var optimiser = Adam(network.parameters)
    let rate = LearningRate(settings.learningRate, shape: .cosine)
    for epoch in 0..<settings.epochs {
      var stream = RandomStream(
        seed: context.seed, purpose: "attributes.order", index: UInt64(epoch))
      let order = stream.permutation(of: sample.count)
      for step in 0..<perEpoch {
        let rows = Array(order[step * size..<(step + 1) * size])
        let gradients = try attempt { () -> [Tensor] in
          let outputs = network(inputs.selecting(rows: rows), .training(seed: UInt64(step)))
          let loss = loss(outputs, truth.selecting(rows: rows))
          return Torch.gradients(of: loss, withRespectTo: network.parameters.map(\.value))
        }
        optimiser.step(
          gradients,
          learningRate: rate.rate(at: epoch * perEpoch + step, of: settings.epochs * perEpoch))
      }
    }
  }

  /// The squared error of traits and the cross-entropy of glasses and beard.
  private static func loss(_ outputs: Tensor, _ truth: Tensor) -> Tensor {
    let width = outputs.size(1)
    return outputs.narrowed(to: 0..<traits, along: 1)
      .squaredError(to: truth.narrowed(to: 0..<traits, along: 1))
      + outputs.narrowed(to: traits..<width, along: 1)
      .binaryCrossEntropy(truth.narrowed(to: traits..<width, along: 1)) * 0.2
  }

  /// What is read off images `[N, C, S, S]` in 0...1: for each the 16 numbers of `PortraitIdentity.vector`,
  /// those of glasses and beard as probabilities.
  ///
  /// - Throws: what libtorch reports for images of another size.
  public func read(_ images: Tensor, batchSize: Int = 256) throws -> [[Double]] {
    try stride(from: 0, to: images.size(0), by: max(1, batchSize)).flatMap { start in
      let width = PortraitIdentity.names.count
      // Shapes are asked for outside: after a failure there is nothing to ask.
      let all = try attempt {
        withoutGradients {
          let part = images[start..<min(start + max(1, batchSize), images.size(0))].contiguous()
          let outputs = network(part)
          return Tensor.concatenated(
            [
              outputs.narrowed(to: 0..<Self.traits, along: 1).clamped(to: -1...1),
              outputs.narrowed(to: Self.traits..<width, along: 1).sigmoid(),
            ], along: 1)
        }
      }
      let values = all.to(.float64).values(as: Double.self)
      return (0..<all.size(0)).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
  }

  /// The errors of what is read off images of people.
  ///
  /// - Throws: ``InversionError``, what libtorch reports.
  public func errors(of images: Tensor, truth: [PortraitIdentity]) throws -> AttributeErrors {
    try AttributeErrors(read(images), truth: truth)
  }

  /// How well it reads new portraits of people it has not learned from: what no reconstruction can be above.
  ///
  /// - Parameter portraits: of other people than it learned from.
  /// - Throws: `ProceduralError`, ``InversionError``.
  public func ceiling(
    on portraits: Portraits, count: Int = 1000, seed: UInt64
  ) throws -> AttributeErrors {
    let sample = try portraits.draw(count, seed: seed, part: .test)
    return try errors(
      of: Tensor(sample.inputs, shape: sample.shape), truth: sample.truth.map(\.identity))
  }
}
