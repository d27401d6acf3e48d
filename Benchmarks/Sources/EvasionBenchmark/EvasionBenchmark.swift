import Foundation
import Harness
import Torch

/// Times APGD, Square and AutoAttack against their peers: the same exported model, images and radius, the
/// same number of steps or queries, all cores on both sides; one process an attack, so that peak memory is
/// that attack's.
@main
struct EvasionBenchmark {
  static func main() throws {
    QuietThreads.restart()
    FreedMemory.keep()
    var options = CommandOptions()
    let model = options.text("--model")
    let data = options.text("--data")
    let count = options.number("--count") ?? 1000
    let chunk = options.number("--chunk")
    let workers = options.number("--workers") ?? ProcessInfo.processInfo.activeProcessorCount
    let python = options.text("--python") ?? ".peers/bin/python"
    if options.words.first == "yield" {
      return try reportYield(model, data, count: count, workers: workers, &options)
    }
    guard let model, let data else {
      print(
        """
        usage: evasion-benchmark [apgd-ce] [square] [autoattack] [throughput] --model FILE \
        --data FOLDER [--count N] [--workers N] [--chunk N] [--python FILE]
               evasion-benchmark yield [--model FILE --data FOLDER] [--radius R] [--count N] \
        [--cache FOLDER]
        """)
      exit(2)
    }
    let subject = BenchmarkSubject(
      model: model, data: data, count: count, workers: workers, chunk: chunk)
    if options.words.first == "worker", options.words.count == 2 {
      try print(subject.run(options.words[1]).line())
      return
    }
    let asked =
      options.words.isEmpty ? ["throughput", "apgd-ce", "square", "autoattack"] : options.words
    print("\(count) images, Linf \(BenchmarkSubject.radius), \(workers) workers or threads")
    for attack in asked {
      if attack == "throughput" {
        try subject.reportThroughput()
      } else {
        try Comparison(attack: attack, subject: subject, python: python).run()
      }
    }
  }

  /// What each attack of `fast` breaks in a second, on built-in networks and on one that is given.
  private static func reportYield(
    _ model: String?, _ data: String?, count: Int, workers: Int, _ options: inout CommandOptions
  ) throws {
    let cache = URL(filePath: options.text("--cache") ?? "out/yield")
    let radius = options.text("--radius").flatMap(Double.init) ?? BenchmarkSubject.radius
    var tables = try YieldTable.ofControls(cache: cache, count: count, workers: workers)
    if let model, let data {
      let given = try BenchmarkSubject(
        model: model, data: data, count: count, workers: workers, chunk: nil
      ).load()
      tables.append(
        YieldTable(
          name: URL(filePath: model).lastPathComponent, target: given.target, batch: given.batch,
          radius: radius, workers: workers))
    }
    for table in tables { try table.report() }
  }
}
