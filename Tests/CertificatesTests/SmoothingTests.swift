import Certificates
import Foundation
import Networks
import Statistics
import Testing
import Torch

@Suite("Randomised smoothing")
struct SmoothingTests {
  /// Three classes by the sum of the features, the outer ones by its distance from zero; counts how many
  /// inputs it saw.
  private final class Bands: Classifier, @unchecked Sendable {
    let classCount = 3
    let inputShape = [4]
    let lock = NSLock()
    private(set) var seen = 0
    func logits(_ inputs: Tensor) -> Tensor {
      lock.withLock { seen += inputs.size(0) }
      let sum = inputs.sum(along: 1)
      return Tensor.stacked([-sum - 1, Tensor.zeros(like: sum), sum - 1], along: 1)
    }
  }

  private func batch(_ sums: [Float], labels: [Int]) -> Batch {
    let inputs = Tensor(sums.flatMap { [$0, 0, 0, 0] }, shape: [sums.count, 4])
    return Batch(inputs: inputs, labels: Tensor(labels), indices: sums.indices.map { 10 + $0 })
  }

  @Test("results do not depend on workers, order or the rest of the batch")
  func independence() throws {
    let batch = batch([-3, -1.2, 0, 0.4, 1.1, 2, 5], labels: [0, 0, 1, 1, 2, 2, 0])
    let method = RandomizedSmoothing(sigma: 0.5, samples: 700)
    func certify(_ batch: Batch, workers: Int, seed: UInt64 = 3) throws -> CertifiedResult {
      try method.certify(Bands(), batch, context: Context(seed: seed, workers: workers))
    }
    let one = try certify(batch, workers: 1)
    #expect(try certify(batch, workers: 4) == one)
    let order = [6, 2, 4]
    let part = try certify(batch.selecting(order), workers: 2)
    #expect(part.radius == order.map { one.radius[$0] })
    #expect(part.predicted == order.map { one.predicted[$0] })
    #expect(try certify(batch, workers: 1, seed: 4).radius != one.radius)
  }

  @Test("it abstains where no class has half of the votes, and only there")
  func abstention() throws {
    // At the border between two classes each has about half of them.
    let batch = batch([1, 0, -1, 6], labels: [2, 1, 0, 2])
    let method = RandomizedSmoothing(sigma: 0.3, samples: 2000)
    let result = try method.certify(Bands(), batch, context: Context(seed: 1))
    #expect(result.predicted == [nil, 1, nil, 2])
    #expect(result.correct == [false, true, false, true])
    #expect(result.radius[0] == 0 && result.radius[2] == 0 && result.abstentionShare == 0.5)
    #expect(result.certifiedAccuracy(at: 0) == 0.5)
    #expect(try method.predict(Bands(), batch, context: Context(seed: 1)) == [nil, 1, nil, 2])
  }

  @Test("too few draws always abstain: unanimous votes prove nothing")
  func tooFew() throws {
    let batch = batch([9], labels: [2])
    for (samples, predicted) in [(9, Int?.none), (10, 2)] {
      // 0.001^(1/9) is below one half, 0.001^(1/10) above.
      let result = try RandomizedSmoothing(sigma: 0.1, samples: samples).certify(
        Bands(), batch, context: Context())
      #expect(result.predicted == [predicted])
    }
  }

  @Test("what ends early is what all draws would have said, and costs less")
  func earlyEnd() throws {
    // The border lies at 1: the class has 49 % of the votes, and is not the true one at 6.
    let sums: [Float] = [1, 6]
    let method = RandomizedSmoothing(sigma: 0.5, samples: 5000)
    let model = Bands()
    let result = try method.certify(
      model, batch(sums, labels: [0, 0]), context: Context(seed: 2))
    #expect(result.predicted == [nil, 2] && result.radius == [0, 0])
    #expect(model.seen < 2 * 5100)
    // For the true class every draw counts.
    let whole = Bands()
    _ = try method.certify(
      whole, batch([6], labels: [2]), context: Context(seed: 2))
    #expect(whole.seen == 5100)
  }

  @Test("an output that is not finite is nobody's vote")
  func notANumber() throws {
    struct Holes: Classifier {
      let classCount = 2
      let inputShape = [1]
      func logits(_ inputs: Tensor) -> Tensor {
        let isHole = inputs.greater(than: 0.0)
        let first = Tensor.ones(like: inputs).where(isHole.not(), else: .nan)
        return Tensor.concatenated([first, Tensor.zeros(like: inputs)], along: 1)
      }
    }
    let batch = Batch(
      inputs: Tensor([Float(-1), 0, 1], shape: [3, 1]), labels: Tensor([0, 0, 0]),
      indices: [0, 1, 2])
    let result = try RandomizedSmoothing(sigma: 0.5, samples: 1000).certify(
      Holes(), batch, context: Context())
    #expect(result.predicted == [0, nil, nil])
    // P(N < 2) from below.
    let bound = try #require(result.lowerProbability[0])
    #expect(bound < NormalDistribution.cumulative(2) && bound > 0.94)
  }

  @Test("a TorchScript model is certified as the network it was exported from")
  func script() throws {
    let network = MLP(widths: [6, 8, 3], using: Laboratory.generator("weights"))
    let model = FrozenNetwork(network, inputShape: [6], classCount: 3)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "model.pt")
    try network.export(to: file)
    let batch = try Laboratory.batch(5, of: model)
    let script = try ScriptClassifier(contentsOf: file, example: batch.inputs, classCount: 3)
    let method = RandomizedSmoothing(samples: 300)
    let expected = try method.certify(model, batch, context: Context())
    let found = try method.certify(script, batch, context: Context())
    #expect(found.predicted == expected.predicted)
    for (left, right) in zip(found.radius, expected.radius) {
      #expect(abs((left ?? 0) - (right ?? 0)) < 0.05)
    }
    #expect(throws: CertificateError.needsNetwork(method: "intervals")) {
      try IntervalBounds().certify(script, batch, context: Context())
    }
  }
}
