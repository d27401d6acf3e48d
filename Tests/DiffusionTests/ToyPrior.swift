import Datasets
import Diffusion
import Foundation
import Networks
import Torch
import Training

/// A small prior of pictures of 8 x 8 pixels: class 0 is bright on the left, class 1 on the right.
struct ToyPrior {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "prior-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Removes the folder.
  func remove() { try? FileManager.default.removeItem(at: folder) }

  static var description: Prior.Description {
    var settings = UNetSettings()
    settings.patch = 2
    settings.width = 8
    settings.multipliers = [1, 2]
    return Prior.Description(
      network: settings, imageShape: [1, 8, 8], classes: 2, dataDeviation: 0.6)
  }

  static func network() throws -> DenoisingNetwork {
    try description.makeNetwork(using: Generator(seed: 1, purpose: "weights"))
  }

  /// Images in [0, 1] and the side that is bright.
  static func data(count: Int = 64) throws -> Dataset {
    let labels = (0..<count).map { $0 % 2 }
    let noise = Tensor.uniform([count, 1, 8, 8], using: Generator(seed: 2, purpose: "data")) * 0.3
    let columns = labels.flatMap { label in
      (0..<8).map { Float(($0 < 4) == (label == 0) ? 0.7 : 0) }
    }
    return try Dataset(
      name: "sides", inputs: noise + Tensor(columns, shape: [count, 1, 1, 8]),
      labels: Tensor(labels), classNames: ["left", "right"])
  }

  static func term(labelDropout: Double = 0.1) throws -> Denoising {
    var draw = NoiseDraw()
    draw.source = .classes
    draw.labelDropout = labelDropout
    return try Denoising(draw)
  }

  func trainer(
    _ model: any Module, steps: Int = 12, objective: Objective? = nil,
    stop: StopSignal = StopSignal(), change: (inout TrainerSettings) -> Void = { _ in }
  ) throws -> Trainer {
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = 16
    settings.checkpointEvery = 5
    settings.emaHalfLife = 500
    settings.learningRate = LearningRate(2e-3, shape: .trapezoid, warmup: 0.1, over: 0.3)
    change(&settings)
    let term = try Self.term()
    return try Trainer(
      model: model, objective: objective ?? Objective { term }, training: Self.data(),
      evaluation: nil, settings: settings, context: Context(seed: 3), folder: folder,
      identity: "toy", isStopRequested: { stop.isRequested })
  }
}
