import Foundation
import Harness
import Torch

/// Times RISE, KernelSHAP and SmoothGrad against captum and plain PyTorch: the same exported model, images
/// and numbers of samples, as many workers here as threads there; one process a method, so that peak memory
/// is that method's.
@main
struct ExplanationBenchmark {
  static func main() throws {
    QuietThreads.restart()
    FreedMemory.keep()
    var options = CommandOptions()
    let model = options.text("--model")
    let data = options.text("--data")
    let workers = options.number("--workers") ?? 4
    let cap = options.number("--cap") ?? 64
    let python = options.text("--python") ?? ".peers/bin/python"
    guard let model, let data else {
      print(
        """
        usage: explanation-benchmark [rise] [kernel-shap] [smoothgrad] --model FILE --data FOLDER \
        [--workers N] [--cap N] [--python FILE]
        """)
      exit(2)
    }
    let subject = ExplanationSubject(model: model, data: data, workers: workers, cap: cap)
    if options.words.first == "worker", options.words.count == 2 {
      try print(subject.run(options.words[1]).line())
      return
    }
    let asked = options.words.isEmpty ? ExplanationSubject.work.map(\.method) : options.words
    print("\(workers) workers or threads; samples a second are those of all images together")
    for method in asked {
      try ExplanationComparison(method: method, subject: subject, python: python).run()
    }
  }
}
