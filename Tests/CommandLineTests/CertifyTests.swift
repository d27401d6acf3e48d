import Foundation
import Testing

@Suite("Certificates from the command line")
struct CertifyTests {
  private struct Answer: Decodable {
    struct Accuracy: Decodable {
      var radius: Double
      var value: Double
      var low: Double
      var high: Double
    }
    var method: String
    var norm: String
    var examples: Int
    var abstained: Double
    var medianRadius: Double?
    var certifiedAccuracy: [Accuracy]
  }

  private func trained(_ scratch: Scratch) throws -> String {
    let recipe = try scratch.write(
      "moons.yaml",
      """
      recipe: train
      data: { source: moons, drawSeed: 3, test: 60 }
      model: { name: mlp, options: { hidden: 16, layers: 1 } }
      objective: [{ term: cross-entropy }]
      training: { steps: 300, batchSize: 32, learningRate: { peak: 0.02 } }
      threads: 1
      """)
    let run = try Command(["train", recipe, "--out", scratch.path("run"), "--quiet"])
    try #require(run.status == 0, "\(run.errors)")
    return scratch.path("run")
  }

  @Test("every method certifies a run, says so as text and as JSON, and writes a table")
  func methods() throws {
    let scratch = try Scratch()
    let run = try trained(scratch)
    for (method, norm) in [("smoothing", "l2"), ("intervals", "linf"), ("lipschitz", "l2")] {
      let base = [
        "certify", "--run", run, "--data", "moons", "--method", method, "--count", "20", "--radii",
        "0.001", "0.05", "--out", scratch.path(method),
      ]
      let arguments = base + (method == "smoothing" ? ["--sigma", "0.1", "--samples", "200"] : [])
      let json = try Command(arguments + ["--json"])
      #expect(json.status == 0 && json.errors.isEmpty, "\(json.errors)")
      let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
      #expect(answer.method == method && answer.norm == norm && answer.examples == 20)
      let accuracies = answer.certifiedAccuracy
      #expect(accuracies.map(\.radius) == [0, 0.001, 0.05])
      #expect(accuracies.map(\.value) == accuracies.map(\.value).sorted(by: >))
      #expect(accuracies.allSatisfy { $0.low <= $0.value && $0.value <= $0.high })
      #expect(accuracies[1].value > 0.5, "\(method)")
      let text = try Command(arguments + ["--quiet", "--workers", "1"])
      #expect(text.status == 0 && text.output.contains("\(norm) 0.05"), "\(text.output)")
      let samples = try String(
        contentsOfFile: scratch.path("\(method)/samples.csv"), encoding: .utf8)
      #expect(samples.hasPrefix("index,label,predicted,correct,abstained,radius"))
      #expect(samples.split(separator: "\n").count == 21)
    }
    let audit = try Command([
      "audit", "--run", run, "--data", "moons", "--count", "20", "--out", scratch.path("report"),
      "--sigma", "0.1", "--norm", "l2", "--radii", "0.05", "--json",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    for id in ["accuracy.l2.0.05", "contradictions.l2", "smoothed_accuracy.l2.0.05"] {
      #expect(audit.output.contains("certified.\(id)"), "\(id)")
    }
  }

  @Test("what cannot be certified is refused with one sentence that says what to do")
  func refusals() throws {
    let scratch = try Scratch()
    let run = try trained(scratch)
    let base = ["certify", "--run", run, "--data", "moons"]
    let script = ["certify", "--model", "\(run)/model.pt", "--data", "moons"]
    for (arguments, words) in [
      (base + ["--sigma", "0"], ["sigma", "above 0"]),
      (base + ["--alpha", "1"], ["alpha", "below 1"]),
      (base + ["--samples", "0"], ["samples", "at least 1"]),
      (base + ["--selection-samples", "0"], ["selection samples", "at least 1"]),
      (base + ["--method", "crown"], ["crown", "intervals"]),
      (base + ["--method", "intervals", "--sigma", "1"], ["--sigma", "smoothing"]),
      (base + ["--radii", "nan"], ["radius"]),
      (base + ["--count", "0"], ["no example"]),
      (script + ["--method", "intervals"], ["layers", "smoothing", "run"]),
      (script + ["--method", "lipschitz", "--head", "last"], ["last", "pairwise", "joint"]),
      (base + ["--head", "joint"], ["--head", "lipschitz"]),
      (["certify"], ["--model", "--data"]),
    ] {
      let refused = try Command(arguments)
      #expect(refused.status == 2, "\(arguments)")
      #expect(refused.errorLines.count == 1, "\(refused.errors)")
      for word in words { #expect(refused.errors.contains(word), "\(refused.errors)") }
    }
    let proven = try Command(
      script + ["--method", "lipschitz", "--head", "joint", "--count", "5", "--quiet"])
    #expect(proven.status == 0 && proven.output.contains("a proof"), "\(proven.errors)")
    let smoothed = try Command(
      script + ["--samples", "50", "--count", "5", "--quiet", "--radii", "0.1"])
    #expect(smoothed.status == 0 && smoothed.output.contains("abstained"), "\(smoothed.errors)")
  }
}
