import Foundation
import Torch

/// Times APGD, Square and AutoAttack against their peers: the same exported model, images and radius, the
/// same number of steps or queries, all cores on both sides; one process an attack, so that peak memory is
/// that attack's.
@main
struct EvasionBenchmark {
  static func main() throws {
    restartWithQuietThreads()
    FreedMemory.keep()
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let model = option("--model")
    let data = option("--data")
    let count = option("--count").flatMap(Int.init) ?? 1000
    let chunk = option("--chunk").flatMap(Int.init)
    let workers =
      option("--workers").flatMap(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
    let python = option("--python") ?? ".peers/bin/python"
    guard let model, let data else {
      print(
        """
        usage: evasion-benchmark [apgd-ce] [square] [autoattack] [throughput] --model FILE \
        --data FOLDER [--count N] [--workers N] [--chunk N] [--python FILE]
        """)
      exit(2)
    }
    let subject = BenchmarkSubject(
      model: model, data: data, count: count, workers: workers, chunk: chunk)
    if arguments.first == "worker", arguments.count == 2 {
      try print(subject.run(arguments[1]).line())
      return
    }
    let asked = arguments.isEmpty ? ["throughput", "apgd-ce", "square", "autoattack"] : arguments
    print("\(count) images, Linf \(BenchmarkSubject.radius), \(workers) workers or threads")
    for attack in asked {
      if attack == "throughput" {
        try subject.reportThroughput()
      } else {
        try Comparison(attack: attack, subject: subject, python: python).run()
      }
    }
  }

  /// libgomp reads these when it is loaded, so the program starts itself again with them set.
  private static func restartWithQuietThreads() {
    guard ProcessInfo.processInfo.environment["OMP_WAIT_POLICY"] == nil else { return }
    setenv("OMP_WAIT_POLICY", "PASSIVE", 1)
    setenv("GOMP_SPINCOUNT", "0", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path, &arguments)
  }
}
