import Datasets
import Foundation
import Harness
import Networks
import Perturbations
import Torch

/// What is attacked, and our side of the comparison.
struct BenchmarkSubject {
  static let radius = 0.3

  let model: String
  let data: String
  let count: Int
  let workers: Int
  let chunk: Int?

  private var engine: AttackEngine { AttackEngine(chunkSize: chunk) }
  private var context: Context { Context(seed: 0, workers: workers) }

  /// The model and the first test images.
  func load() throws -> (target: Target, batch: Batch) {
    let set = try Dataset.load(from: data, split: .test)
    let classifier = try ScriptClassifier(
      contentsOf: URL(filePath: model), example: set.batch([0, 1]).inputs,
      classCount: set.classNames.count)
    return (Target(classifier), set.batch(Array(0..<min(count, set.count))))
  }

  /// Runs an attack on all images, after a few that do not count.
  ///
  /// - Parameter name: `apgd-ce`, `square` or `autoattack`, or `apgd-ce-all`, which executes every step for
  ///   every image as the peers do.
  func run(_ name: String) throws -> Timing {
    let (target, batch) = try load()
    let ball = try Ball(LInf(), radius: Self.radius, box: 0...1)
    let attack: any Attack =
      switch name {
      case "apgd-ce": AutoProjectedGradient()
      case "apgd-ce-all": AutoProjectedGradient(stopsEarly: false)
      case "square": Square()
      default: AutoAttack()
      }
    if name != "autoattack" {
      _ = try engine.run(
        attack, on: target, batch.selecting(Array(0..<min(8, batch.count))), within: ball,
        context: context)
    }
    var accuracy = 0.0
    let seconds = try seconds {
      accuracy = try engine.run(attack, on: target, batch, within: ball, context: context)
        .robustAccuracy
    }
    return Timing(seconds: seconds, robustAccuracy: accuracy, megabytes: peakMegabytes)
  }

  /// How much of what the machine can do with this network the loop of an attack reaches: images that go
  /// forward and backward in a second on all workers, at the best size of chunks, against those of APGD
  /// with every step executed.
  func reportThroughput() throws {
    let (target, batch) = try load()
    var best: (rate: Double, size: Int) = (0, 0)
    for size in [10, 25, 50, 100, 250] {
      let rate = try passesPerSecond(target, batch, size)
      if rate > best.rate { best = (rate, size) }
    }
    let attack = try run("apgd-ce-all")
    let reached = Double(batch.count) * 101 / attack.seconds
    // Again, so that a machine that slows down does not favour one side.
    best.rate = max(best.rate, try passesPerSecond(target, batch, best.size))
    print(
      """

      forward and input gradient alone: \(fixed(best.rate, 0)) images/s with chunks of \(best.size)
      inside APGD: \(fixed(reached, 0)) images/s, a share of \(fixed(reached / best.rate, 2)) (bound 0.7)
      """)
  }

  private func passesPerSecond(_ target: Target, _ batch: Batch, _ size: Int) throws -> Double {
    let repeats = 20
    let engine = AttackEngine(chunkSize: size)
    func pass() throws {
      _ = try engine.map(batch, context: context) { chunk in
        for _ in 0..<repeats {
          _ = try target.gradient(at: chunk.inputs) {
            $0.crossEntropy(chunk.labels, reduction: .none)
          }
        }
      }
    }
    try pass()
    return Double(batch.count * repeats) / (try seconds { try pass() })
  }
}

/// What an attack took.
struct Timing: Codable {
  var seconds: Double
  var robustAccuracy: Double
  var megabytes: Double

  func line() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
}
