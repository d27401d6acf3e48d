import Foundation
import Inversion
import Networks
import Torch

/// MI-Face by ART's rules: every iterate with a threshold of 1, and what is handed in with others.
struct MIFaceConformance {
  private let model: ScriptClassifier
  private let classes: [Int]
  private let start: Tensor
  private let steps: Int
  private let rate: Double
  private let thresholds: [Double]

  init(_ inputs: [String: Tensor], folder: URL) throws {
    start = try InversionConformance.tensor("miface.start", of: inputs)
    classes = try InversionConformance.tensor("miface.classes", of: inputs).values()
    steps = try InversionConformance.tensor("miface.steps", of: inputs).values(as: Int.self)[0]
    rate = try InversionConformance.tensor("miface.rate", of: inputs).values(as: Double.self)[0]
    thresholds = try InversionConformance.tensor("miface.thresholds", of: inputs).values()
    model = try ScriptClassifier(
      contentsOf: folder.appending(path: "miface.pt"), example: start[0..<2].contiguous(),
      classCount: 10)
  }

  func results() throws -> [String: Tensor] {
    var iterates: [Tensor] = []
    let attack = MIFace(iterations: steps, rate: rate, stop: .artCompatible(threshold: 1))
    _ = try attack.images(of: classes, from: start, by: model) { _, _, images in
      iterates.append(images)
    }
    var results = ["miface.iterates": Tensor.stacked(iterates)]
    for (place, threshold) in thresholds.enumerated() {
      let attack = MIFace(
        iterations: steps, rate: rate, stop: .artCompatible(threshold: threshold))
      let made = try attack.images(of: classes, from: start, by: model)
      results["miface.threshold.\(place).images"] = made.images
      results["miface.threshold.\(place).iterations"] = Tensor(made.iterations)
    }
    return results
  }
}
