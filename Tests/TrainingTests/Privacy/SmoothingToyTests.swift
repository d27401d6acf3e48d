import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Label smoothing and the way of an inversion")
struct SmoothingToyTests {
  /// Trains from the weights of a seed with one amount, walks, and compares all of it with PyTorch.
  ///
  /// - Returns: the loss of the last step, and the paths.
  private func compare(
    seed: Int, amount: Double, targets: [Int]
  ) throws -> (loss: Double, paths: [SmoothingToy.Path]) {
    IntraOperatorThreads.set(1)
    let toy = try SmoothingToy.read()
    let known = try #require(toy.cases.first { $0.seed == seed })
    let expected = try #require(known.runs.first { $0.amount == amount })
    let model = toy.network(known)
    let loss = toy.train(model, amount: amount)
    // Weights that differ by 1e-12 at the start end with losses that differ by 1e-11 at most.
    #expect(abs(loss - expected.loss) < 1e-9, "\(loss) and not \(expected.loss)")
    let paths = try targets.map { target in
      let theirs = try #require(expected.paths.first { $0.target == target })
      let ours = toy.path(of: model, to: target)
      #expect(ours.steps == theirs.steps, "to class \(target)")
      for (here, there) in zip(
        ours.end + [ours.nearest, ours.confidence],
        theirs.end + [theirs.nearest, theirs.confidence])
      {
        #expect(abs(here - there) < 1e-6, "\(ours) and not \(theirs)")
      }
      return ours
    }
    return (loss, paths)
  }

  /// The notebook prints .0021, .1698 and -1.7280. The first two hardly depend on the blobs and are met to
  /// all their digits. The third depends on them: with those of the fixture, which are not the notebook's,
  /// it is -1.7042.
  @Test(
    "5000 steps and paths after them are PyTorch's; of three published losses two are met",
    arguments: [(0, 0.0021), (0.05, 0.1698), (-0.05, -1.7042)])
  func parity(_ amount: Double, _ printed: Double) throws {
    let loss = try compare(seed: 42, amount: amount, targets: [1, 2]).loss
    #expect(abs(loss - printed) < 5e-5)
  }

  /// Class 2 lies around the start, and class 0 is not reached by most.
  @Test(
    "from all weights a path to class 1 stops earlier and farther away the less is smoothed",
    .enabled(
      if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil,
      "set TOUCHSTONE_SLOW_TESTS"),
    arguments: [42, 1, 2])
  func order(_ seed: Int) throws {
    let ends = try [-0.05, 0, 0.05].map { amount in
      try compare(seed: seed, amount: amount, targets: [1, 0, 2]).paths[0]
    }
    for (less, more) in zip(ends, ends.dropFirst()) {
      #expect(less.steps < more.steps && less.nearest > more.nearest)
    }
  }
}
