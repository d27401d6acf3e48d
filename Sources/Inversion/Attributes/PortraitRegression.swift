import Datasets
import Foundation
import Networks
import Torch

/// A convolutional network that reads numbers off portraits of which the truth is known, and how it is trained.
struct PortraitRegression {
  /// How many numbers are read.
  let outputs: Int
  /// How it is trained.
  let settings: AttributeOracle.Settings

  /// A regression.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  init(outputs: Int, _ settings: AttributeOracle.Settings) throws(InversionError) {
    for (name, value) in [
      ("pictures", settings.pictures), ("epochs", settings.epochs),
      ("batchSize", settings.batchSize), ("width", settings.width),
    ] where value < 1 {
      throw .setting(name: name, value: "\(value)", allowed: "at least 1")
    }
    self.outputs = outputs
    self.settings = settings
  }

  /// A network that has learned from portraits, or what is in the file.
  ///
  /// - Parameters:
  ///   - file: where weights are kept; they are written when it is not there.
  ///   - truth: the numbers of a portrait.
  ///   - loss: of outputs and truth, `[B, outputs]` both.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``; `ProceduralError`; what libtorch reports.
  func trained(
    on portraits: Portraits, seed: UInt64, context: Context, file: URL?,
    truth: (Portraits.Truth) -> [Double], loss: (Tensor, Tensor) -> Tensor
  ) throws -> any Layer {
    guard portraits.size % 8 == 0 else {
      throw InversionError.setting(
        name: "size of the portraits", value: "\(portraits.size)", allowed: "a multiple of 8")
    }
    let network = network(for: portraits.exampleShape, context)
    if let file, FileManager.default.fileExists(atPath: file.path) {
      try network.load(contentsOf: file)
      return network
    }
    let sample = try portraits.draw(settings.pictures, seed: seed, part: .train)
    let inputs = Tensor(sample.inputs, shape: sample.shape)
    let wanted = Tensor(
      sample.truth.flatMap { truth($0).map(Float.init) }, shape: [sample.count, outputs])
    try train(network, on: inputs, wanted, context, loss)
    if let file { try network.save(to: file) }
    return network
  }

  private func network(for shape: [Int], _ context: Context) -> any Layer {
    let generator = Generator(seed: context.seed, purpose: "attributes.weights")
    return Sequential {
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
      Linear(128, outputs, using: generator)
    }
  }

  private func train(
    _ network: any Layer, on inputs: Tensor, _ truth: Tensor, _ context: Context,
    _ loss: (Tensor, Tensor) -> Tensor
  ) throws {
    let count = inputs.size(0)
    let size = min(settings.batchSize, count)
    let perEpoch = count / size
    var optimiser = Adam(network.parameters)
    let rate = LearningRate(settings.learningRate, shape: .cosine)
    for epoch in 0..<settings.epochs {
      var stream = RandomStream(
        seed: context.seed, purpose: "attributes.order", index: UInt64(epoch))
      let order = stream.permutation(of: count)
      for step in 0..<perEpoch {
        let rows = Array(order[step * size..<(step + 1) * size])
        let gradients = try attempt { () -> [Tensor] in
          let outputs = network(inputs.selecting(rows: rows), .training(seed: UInt64(step)))
          return Torch.gradients(
            of: loss(outputs, truth.selecting(rows: rows)),
            withRespectTo: network.parameters.map(\.value))
        }
        optimiser.step(
          gradients,
          learningRate: rate.rate(at: epoch * perEpoch + step, of: settings.epochs * perEpoch))
      }
    }
  }
}
