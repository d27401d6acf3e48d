import Certificates
import Foundation
import Networks
import Statistics
import Testing
import Torch

/// Against an implementation of its own in numpy, `Tests/Fixtures/certificates/golden.py`.
@Suite("Certificates against numpy")
struct GoldenTests {
  private func waves(_ shape: [Int], _ start: Double) -> [Float] {
    (0..<shape.reduce(1, *)).map { Float(sin(start + 1.7 * Double($0))) }
  }

  private func halves(_ shape: [Int], _ start: Double) -> Tensor {
    Tensor(waves(shape, start).map { $0 / 2 }, shape: shape)
  }

  private func model() -> FrozenNetwork {
    let generator = Laboratory.generator("weights")
    let convolution = Conv2D(1, 2, kernel: 3, padding: 1, using: generator)
    let linear = Linear(32, 3, using: generator)
    convolution.$weight.replace(with: halves([2, 1, 3, 3], 1))
    convolution.bias?.replace(with: halves([2], 2))
    linear.$weight.replace(with: halves([3, 32], 3))
    linear.bias?.replace(with: halves([3], 4))
    let network = Sequential {
      convolution
      Activation.relu()
      Flatten()
      linear
    }
    return FrozenNetwork(network, inputShape: [1, 4, 4], classCount: 3)
  }

  /// Class, radius of interval bounds, radius of the Lipschitz margin.
  private let expected: [(Int, Double, Double)] = [
    (2, 0.0102243862, 0.0205333256), (1, 0.0956090978, 0.1782419432),
    (1, 0.0177904277, 0.0326170285), (2, 0.0127400974, 0.0258550159),
    (1, 0.0949173363, 0.1785477201), (1, 0.0205074267, 0.0380319966),
  ]

  @Test("radii of a small network")
  func radii() throws {
    let inputs = Tensor(waves([96], 5).map { (1 + $0) / 2 }, shape: [6, 1, 4, 4])
    let batch = Batch(
      inputs: inputs, labels: Tensor(expected.map(\.0)), indices: Array(0..<6))
    let intervals = try IntervalBounds(box: 0...1, bisections: 40).certify(
      model(), batch, context: Context())
    let margins = try LipschitzMargin().certify(model(), batch, context: Context())
    #expect(intervals.correct.allSatisfy { $0 } && margins.correct.allSatisfy { $0 })
    for (row, (_, interval, margin)) in expected.enumerated() {
      let (found, other) = (intervals.radius[row] ?? .nan, margins.radius[row] ?? .nan)
      // From below, by what single precision may add.
      #expect(found <= interval * (1 + 1e-5) && found > interval * (1 - 1e-3))
      #expect(other <= margin * (1 + 1e-5) && other > margin * (1 - 1e-3))
    }
  }

  /// From scipy: `p = beta.ppf(0.001, k, n - k + 1)`, `0.25 * norm.ppf(p)`.
  @Test("radii of smoothing from counts")
  func counts() throws {
    for (hits, draws, probability, radius) in [
      (990, 1000, 0.9760361871553114, 0.49450239553529984),
      (9500, 10_000, 0.942908610944434, 0.3949171522012816),
      (5200, 10_000, 0.5045018488791799, 0.0028211752978740175),
    ] {
      let bound = try Proportion(successes: hits, trials: draws).lowerBound(level: 0.999)
      #expect(abs(bound - probability) < 1e-12)
      #expect(abs(0.25 * NormalDistribution.quantile(bound) - radius) < 1e-11)
    }
  }
}
