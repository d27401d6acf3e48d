import Foundation
import Torch

/// Times RISE, KernelSHAP and SmoothGrad against captum and plain PyTorch: the same exported model, images
/// and numbers of samples, as many workers here as threads there; one process a method, so that peak memory
/// is that method's.
@main
struct ExplanationBenchmark {
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
    let workers = option("--workers").flatMap(Int.init) ?? 4
    let cap = option("--cap").flatMap(Int.init) ?? 64
    let python = option("--python") ?? ".peers/bin/python"
    guard let model, let data else {
      print(
        """
        usage: explanation-benchmark [rise] [kernel-shap] [smoothgrad] --model FILE --data FOLDER \
        [--workers N] [--cap N] [--python FILE]
        """)
      exit(2)
    }
    let subject = ExplanationSubject(model: model, data: data, workers: workers, cap: cap)
    if arguments.first == "worker", arguments.count == 2 {
      try print(subject.run(arguments[1]).line())
      return
    }
    let asked = arguments.isEmpty ? ExplanationSubject.work.map(\.method) : arguments
    print("\(workers) workers or threads; samples a second are those of all images together")
    for method in asked {
      try ExplanationComparison(method: method, subject: subject, python: python).run()
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
