import Datasets
import Foundation
import Networks
import Perturbations
import Torch
import Training

/// Training and an attack on one network of convolutions, alone or shared by several processes.
struct SharedWork {
  let steps: Int
  let batchSize: Int

  /// What was measured, in seconds.
  struct Measured: Codable {
    /// A training step of a network without batch normalisation.
    var plain: Double
    /// A training step of the network that is attacked, which has batch normalisation.
    var step: Double
    /// The exchange of as many numbers as there are weights.
    var exchange: Double
    /// The attack.
    var attack: Double
    /// One image through the network, and its gradient with respect to the image.
    var forward: Double
    var backward: Double

    static func median(of all: [Measured]) -> Measured {
      func middle(_ value: (Measured) -> Double) -> Double {
        all.map(value).sorted()[all.count / 2]
      }
      return Measured(
        plain: middle(\.plain), step: middle(\.step), exchange: middle(\.exchange),
        attack: middle(\.attack),
        forward: middle(\.forward), backward: middle(\.backward))
    }
  }

  static let side = 32
  static let width = 32
  /// The images that are attacked, and the steps of the attack.
  static let attacked = 512
  static let attackSteps = 20

  private static func network() -> SmallVGG {
    SmallVGG(
      channels: 3, classCount: 10, width: width, using: Generator(seed: 0, purpose: "weights"))
  }

  static let plainWidth = 48

  private static func plainNetwork() -> SmallCNN {
    SmallCNN(
      channels: 3, side: side, classCount: 10, width: plainWidth, hidden: 128,
      using: Generator(seed: 0, purpose: "weights"))
  }

  static var plainWeights: Int { plainNetwork().parameterCount }

  static var weights: Int { network().parameterCount }

  /// Multiplications and additions of a forward pass for one image: two for every weight of a convolution at every
  /// place, and for every weight of the last layer.
  static var forwardOperations: Double {
    var total = 0.0
    var (channels, places) = (3, side * side)
    for depth in [width, 2 * width, 4 * width] {
      total += 2 * 9 * Double(channels * depth * places) + 2 * 9 * Double(depth * depth * places)
      (channels, places) = (depth, places / 4)
    }
    return total + 2 * Double(4 * width * 10)
  }

  func measured(_ group: ProcessGroup?) throws -> Measured {
    IntraOperatorThreads.set(1)
    let context = Context(seed: 0, workers: 1, group: group)
    let (forward, backward) = passes()
    return Measured(
      plain: try stepSeconds(of: Self.plainNetwork(), context),
      step: try stepSeconds(of: Self.network(), context), exchange: try exchangeSeconds(group),
      attack: try attackSeconds(context), forward: forward, backward: backward)
  }

  private func data(_ count: Int) throws -> Dataset {
    let inputs = Tensor.uniform(
      [count, 3, Self.side, Self.side], using: Generator(seed: 1, purpose: "images"))
    return try Dataset(
      name: "noise", inputs: inputs, labels: Tensor((0..<count).map { $0 % 10 }),
      classNames: (0..<10).map { "\($0)" }, range: 0...1)
  }

  private func stepSeconds(of network: any Layer, _ context: Context) throws -> Double {
    let folder = FileManager.default.temporaryDirectory.appending(path: "scaling-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = batchSize
    settings.checkpointEvery = steps + 1
    let trainer = try Trainer(
      model: network, objective: Objective { CrossEntropy() }, training: data(4 * batchSize),
      evaluation: nil, settings: settings, context: context, folder: folder, identity: "scaling")
    var times: [ContinuousClock.Instant] = []
    _ = try trainer.run { _ in times.append(.now) }
    let durations = zip(times.dropFirst(), times).map { ($0 - $1) / .seconds(1) }
    // The first steps make room for everything, the last one writes a checkpoint.
    return durations.dropFirst(5).dropLast().sorted()[(durations.count - 6) / 2]
  }

  private func exchangeSeconds(_ group: ProcessGroup?) throws -> Double {
    guard let group else { return 0 }
    let values = Tensor.zeros([Self.weights])
    let seconds = try (0..<20).map { _ in
      let begin = ContinuousClock.now
      _ = try group.sum(values)
      return (ContinuousClock.now - begin) / .seconds(1)
    }
    return seconds.sorted()[10]
  }

  private func attackSeconds(_ context: Context) throws -> Double {
    let batch = try data(Self.attacked).batch(Array(0..<Self.attacked))
    let target = Target(
      FrozenNetwork(Self.network(), inputShape: [3, Self.side, Self.side], classCount: 10))
    let ball = try Ball(LInf(), radius: 0.03, box: 0...1)
    let begin = ContinuousClock.now
    // Broken examples are attacked to the last step too: the work is the same however hard they are.
    _ = try AttackEngine(chunkSize: 16).run(
      ProjectedGradient(steps: Self.attackSteps, stopsEarly: false), on: target, batch,
      within: ball, context: context)
    return (ContinuousClock.now - begin) / .seconds(1)
  }

  private func passes() -> (forward: Double, backward: Double) {
    let network = Self.network()
    let images = Tensor.uniform(
      [32, 3, Self.side, Self.side], using: Generator(seed: 1, purpose: "images"))
    func median(_ body: () -> Void) -> Double {
      let seconds = (0..<15).map { _ in
        let begin = ContinuousClock.now
        body()
        return (ContinuousClock.now - begin) / .seconds(1) / 32
      }
      return seconds.sorted()[7]
    }
    let forward = median { withoutGradients { _ = network(images) } }
    let both = median {
      let variable = images.variable()
      _ = gradient(of: network(variable).sum(), withRespectTo: variable)
    }
    return (forward, both - forward)
  }
}
