import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Climbing to confidence in the next class")
struct ConfidenceClimbTests {
  /// Two logits whose difference is 6 x + 8 y.
  private func network() throws -> Sequential {
    let network = Sequential { Linear(2, 2, using: Generator(seed: 1, purpose: "weights")) }
    var state = network.state()
    for name in state.keys {
      state[name] =
        name.hasSuffix("weight")
        ? Tensor([Float(-3), -4, 3, 4], shape: [2, 2]) : Tensor([Float(0), 0])
    }
    try network.load(state)
    return network
  }

  private func data(_ values: [Float], range: ClosedRange<Float>) throws -> Dataset {
    let count = values.count / 2
    return try Dataset(
      name: "points", inputs: Tensor(values, shape: [count, 2]),
      labels: Tensor((0..<count).map { Int64($0 % 2) }), classNames: ["no", "yes"], range: range)
  }

  @Test("of a linear network the way is (margin + median margin) / slope, whatever its scale")
  func linear() throws {
    let data = try data(
      [-0.5, 0.1, 0.4, 0.3, -0.2, -0.2, 0.1, 0.9, -1, 0.2], range: Dataset.unbounded)
    let points = data.inputs.values(as: Double.self)
    let margins = (0..<5).map { row in
      let score: Double = 6 * points[2 * row] + 8 * points[2 * row + 1]
      return row % 2 == 1 ? score : -score
    }
    let median = margins.map(abs).sorted()[2]
    let measure = ConfidenceClimb(step: 0.001)
    let network = try network()
    let lengths = try measure.values(of: network, on: data, context: Context())
    for (length, margin) in zip(lengths, margins) {
      #expect(abs(length - (margin + median) / 10) < 0.0021)
    }
    let temperature = try measure.temperature(of: network, on: data)
    #expect(abs(temperature - median / log(19)) < 1e-6)
  }

  @Test(
    "what the range or the steps do not allow is no number, and inputs stay inside of the range")
  func bounded() throws {
    let data = try data([0.1, 0.1, 0.9, 0.9, 0, 0.05], range: 0...1)
    let measure = ConfidenceClimb(step: 0.01, steps: 2)
    let network = try network()
    let parts = try measure.climbed(network, data)
    let moved = parts[0].moved.inputs
    #expect(moved.min().item >= 0 && moved.max().item <= 1)
    let lengths = try measure.values(of: network, on: data, context: Context())
    #expect(lengths[1].isNaN)
  }
}
