import Datasets
import Foundation
import Networks
import Torch
import Training

/// Times steps of DP-SGD whose gradients of examples come from one pass against the same steps with one pass
/// for each example: `step-benchmark privacy`.
///
/// `small-cnn` on random images of 28 x 28, 50 examples a step expected; the whole trainer. Both take turns.
enum PrivateSteps {
  /// A network whose layers the trainer does not see, so that it has to take examples one by one.
  private final class Sealed: Layer {
    let inner: SmallCNN
    init(_ inner: SmallCNN) { self.inner = inner }
    func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { inner(input, pass) }
    var scriptSource: String { "return self.inner(x)" }
  }

  /// Runs `turns` turns of both and prints medians of milliseconds a step and the ratio of each turn.
  static func compare(steps: Int, threads: Int, turns: Int = 5) throws {
    IntraOperatorThreads.set(threads)
    FreedMemory.keep()
    print(
      "DP-SGD, small-cnn, 50 examples a step; \(turns) turns of \(steps) steps, \(threads) thread(s)"
    )
    var ratios: [Double] = []
    for turn in 1...turns {
      let one = try milliseconds(steps, isSealed: false)
      let each = try milliseconds(steps, isSealed: true)
      ratios.append(each / one)
      let numbers = [one, each, each / one].map { String(format: "%.2f", $0) }
      print(
        "turn \(turn): one pass \(numbers[0]) ms, one each \(numbers[1]) ms, ratio \(numbers[2])")
    }
    print("median ratio", String(format: "%.2f", ratios.sorted()[turns / 2]))
  }

  private static func milliseconds(_ steps: Int, isSealed: Bool) throws -> Double {
    let generator = Generator(seed: 0, purpose: "private-steps")
    let data = try Dataset(
      name: "random",
      inputs: Tensor.integers([5000, 1, 28, 28], in: 0..<256, using: generator).to(.uint8),
      labels: Tensor.integers([5000], in: 0..<10, using: generator),
      classNames: (0..<10).map(String.init), range: 0...1)
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize, settings.checkpointEvery) = (steps, 50, 1_000_000)
    settings.optimiser = OptimiserSettings(rule: .sgd)
    settings.privacy = DifferentialPrivacy()
    let network = SmallCNN(using: generator)
    let folder = FileManager.default.temporaryDirectory.appending(path: "private-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let trainer = try Trainer(
      model: isSealed ? Sealed(network) : network, objective: Objective { CrossEntropy() },
      training: data, evaluation: nil, settings: settings, context: Context(seed: 0),
      folder: folder, identity: "private")
    var times: [ContinuousClock.Instant] = []
    _ = try trainer.run { _ in times.append(.now) }
    let all = zip(times, times.dropFirst()).map { ($1 - $0) / .milliseconds(1) }.dropFirst(5)
      .sorted()
    return all[all.count / 2]
  }
}
