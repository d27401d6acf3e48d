import Networks
import Torch

/// One input, to which noise is added again and again.
struct NoisyInput {
  /// How many draws go through the model at once.
  ///
  /// It depends on the shape of inputs alone, since numbers are drawn block by block: enough to keep a
  /// core busy, a few megabytes at most.
  let blockSize: Int
  private let input: Tensor
  private let sigma: Double
  private let classifier: any Classifier
  private var generator: Generator

  /// - Parameter input: `[1, …]`, on the device of the model.
  init(_ input: Tensor, sigma: Double, _ classifier: any Classifier) {
    self.input = input
    self.sigma = sigma
    self.classifier = classifier
    blockSize = max(8, min(256, (1 << 20) / max(1, input.count)))
    generator = Generator(seed: 0, purpose: "smoothing")
  }

  /// Starts the stream of an example for one purpose.
  mutating func restart(_ seed: UInt64, _ purpose: String, index: Int) {
    generator = Generator(seed: seed, purpose: purpose, index: UInt64(index))
  }

  /// How often each class wins over so many draws, `[K]`.
  func votes(_ draws: Int) throws -> [Int] {
    var votes = [Int](repeating: 0, count: classifier.classCount)
    for start in stride(from: 0, to: draws, by: blockSize) {
      for winner in try winners(min(blockSize, draws - start)) where votes.indices ~= winner {
        votes[winner] += 1
      }
    }
    return votes
  }

  /// The class of each draw; -1 where an output is not finite.
  private func winners(_ count: Int) throws -> [Int] {
    try attempt {
      try withoutGradients {
        let shape = [count] + input.shape.dropFirst()
        let noise = Tensor.normal(shape, using: generator).to(input.device)
        let logits = try classifier.logits(input + noise * sigma)
        let isFinite = logits.isFinite.all(along: 1)
        return logits.argmax(along: 1).filled(where: isFinite.not(), with: -1)
          .values(as: Int.self)
      }
    }
  }
}
