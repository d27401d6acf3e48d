import Datasets
import Testing
import Torch
import Training

@Suite("Suggestions")
struct SuggestionTests {
  private func data(_ labels: [Int]) throws -> Dataset {
    let points: [Float] = [0, 0, 0, 1, 4, 0, 4, 2]
    return try Dataset(
      name: "points", inputs: Tensor(points, shape: [4, 2]), labels: Tensor(labels),
      classNames: ["a", "b"], range: Dataset.unbounded)
  }

  @Test("distances within and between classes by hand")
  func scale() throws {
    let scale = try DataScale(of: data([0, 0, 1, 1]))
    #expect(scale.featureCount == 2 && scale.count == 4)
    // Nearest of the other class: 4, the root of 17, 4 and the root of 17.
    #expect(abs(scale.medianBetweenClasses - (4 + 17.0.squareRoot()) / 2) < 1e-6)
    #expect(abs(scale.closestClasses - 4) < 1e-6)
    #expect(abs(scale.medianWithinClass - 1.5) < 1e-6)
    #expect(abs(scale.rootMeanSquare - (37.0 / 8).squareRoot()) < 1e-6)
    let radius = Suggestion.settings(for: scale).first { $0.setting == "radius" }?.value
    #expect(radius == 2)
  }

  @Test("one class says nothing about how far apart classes are")
  func oneClass() throws {
    #expect(throws: TrainingError.self) { try DataScale(of: data([0, 0, 0, 0])) }
  }
}
