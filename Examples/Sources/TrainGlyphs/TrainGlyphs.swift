import Datasets
import Foundation
import Networks
import Torch
import Training

/// Trains a small network on drawn digits.
@main
struct TrainGlyphs {
  static func main() throws {
    let training = try Dataset.load(
      from: "glyphs", split: .train, options: LoadOptions(count: 4000))
    let test = try Dataset.load(from: "glyphs", split: .test, options: LoadOptions(count: 1000))
    var settings = TrainerSettings()
    settings.epochs = 3
    settings.learningRate = LearningRate(2e-3, shape: .cosine)
    let folder = FileManager.default.temporaryDirectory.appending(path: "glyphs-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let trainer = try Trainer(
      model: SmallCNN(using: Generator(seed: 0, purpose: "weights")),
      objective: Objective { CrossEntropy(labelSmoothing: 0.05) }, training: training,
      evaluation: test, settings: settings, context: Context(seed: 0), folder: folder,
      identity: "example")
    _ = try trainer.run { state in
      if let accuracy = state.accuracy { print("step \(state.step): accuracy \(accuracy)") }
    }
  }
}
