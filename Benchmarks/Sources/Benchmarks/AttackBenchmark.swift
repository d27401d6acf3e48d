import Datasets
import Foundation
import Harness
import Networks
import Perturbations
import Torch

/// PGD-40 in the maximum norm against torchattacks, Foolbox and ART: the same exported model, images,
/// radius and steps, all cores on both sides.
struct AttackBenchmark {
  let model: String
  let data: String
  let count: Int
  let chunk: Int?
  let python: String
  let script: String
  private let radius = 0.1
  private let stepSize = 0.01

  private struct Peer: Decodable {
    let imagesPerSecond: Double
    let robustAccuracy: Double

    enum CodingKeys: String, CodingKey {
      case imagesPerSecond = "images_per_second"
      case robustAccuracy = "robust_accuracy"
    }
  }

  func run() throws {
    let before = [try time(stopsEarly: false), try time(stopsEarly: true)]
    let peers = try timePeers()
    // Before and after the peers, so that a machine that slows down does not favour one side.
    let after = [try time(stopsEarly: false), try time(stopsEarly: true)]
    let fastest = peers.max { $0.value.imagesPerSecond < $1.value.imagesPerSecond }
    print("\nPGD-40, Linf \(radius), step \(stepSize), random start, \(count) images")
    for (name, peer) in peers.sorted(by: { $0.key < $1.key }) {
      line(name, peer.imagesPerSecond, peer.robustAccuracy)
    }
    for (index, name) in ["Touchstone, every step", "Touchstone, early stop"].enumerated() {
      let runs = [before[index], after[index]]
      let speed = runs.map(\.speed).min() ?? 0
      line(name, speed, runs[0].accuracy)
      let bound = index == 0 ? 1.5 : 8
      guard let fastest else { continue }
      print(
        """
            the slower of before and after; \(fixed(speed / fastest.value.imagesPerSecond, 2)) times \
        \(fastest.key), the fastest peer (bound \(bound))
        """)
    }
  }

  private func line(_ name: String, _ speed: Double, _ accuracy: Double) {
    let padded = name.padding(toLength: 24, withPad: " ", startingAt: 0)
    print("  \(padded) \(fixed(speed, 1)) images/s, robust accuracy \(fixed(accuracy * 100, 1)) %")
  }

  private func time(stopsEarly: Bool) throws -> (speed: Double, accuracy: Double) {
    let set = try Dataset.load(from: data, split: .test)
    let batch = set.batch(Array(0..<min(count, set.count)))
    let classifier = try ScriptClassifier(
      contentsOf: URL(filePath: model), example: set.batch([0, 1]).inputs,
      classCount: set.classNames.count)
    let target = Target(classCount: classifier.classCount) { try classifier.logits($0) }
    let attack = ProjectedGradient(steps: 40, stepSize: stepSize, stopsEarly: stopsEarly)
    let ball = try Ball(LInf(), radius: radius, box: 0...1)
    let context = Context(seed: 0, workers: ProcessInfo.processInfo.activeProcessorCount)
    var accuracy = 0.0
    let seconds = try medianSeconds {
      accuracy = try AttackEngine(chunkSize: chunk).run(
        attack, on: target, batch, within: ball, context: context
      ).robustAccuracy
    }
    return (Double(count) / seconds, accuracy)
  }

  private func timePeers() throws -> [String: Peer] {
    guard script != "none" else { return [:] }
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = [
      script, "--model", model, "--data", data, "--count", "\(count)",
    ]
    // The peers get OpenMP as it comes, not with our settings for waiting threads.
    process.environment = QuietThreads.environmentOfPeers
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CocoaError(.executableLoad, userInfo: [NSFilePathErrorKey: script])
    }
    return try JSONDecoder().decode([String: Peer].self, from: output)
  }
}
