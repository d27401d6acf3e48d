import Foundation
import Testing

@Suite("Explanations from the command line")
struct ExplainTests {
  private struct Answer: Decodable {
    struct Method: Decodable {
      struct Number: Decodable {
        var value: Double?
        var low: Double?
        var high: Double?
        var examples: Int
      }
      var method: String
      var forwardPasses: Int
      var metrics: [String: Number]
    }
    var examples: Int
    var layer: String?
    var methods: [Method]
  }

  /// Pictures in the files of MNIST: a bright bar at a height that says the class.
  private func pictures(_ scratch: Scratch) throws -> String {
    func number(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    for (stem, count) in [("train", 60), ("t10k", 20)] {
      let pixels = (0..<count * 784).map { place -> UInt8 in
        let (image, row) = (place / 784, place % 784 / 28)
        return row / 3 == image % 10 ? UInt8(200 - place % 28) : UInt8(place * 7 % 40)
      }
      let head = [0, 0, 8, 3] + number(count) + number(28) + number(28)
      _ = try scratch.write("bars/\(stem)-images-idx3-ubyte", head + pixels)
      let labels = (0..<count).map { UInt8($0 % 10) }
      _ = try scratch.write(
        "bars/\(stem)-labels-idx1-ubyte", [0, 0, 8, 1] + number(count) + labels)
    }
    return scratch.path("bars")
  }

  /// A small network on such pictures.
  private func trained(_ scratch: Scratch) throws -> String {
    let data = try pictures(scratch)
    let recipe = try scratch.write(
      "bars.yaml",
      """
      recipe: train
      data: { source: \(data) }
      model: { name: small-cnn, options: { width: 4 } }
      objective: [{ term: cross-entropy }]
      training: { steps: 20, batchSize: 20 }
      threads: 1
      """)
    let run = try Command(["train", recipe, "--out", scratch.path("run"), "--quiet"])
    try #require(run.status == 0, "\(run.errors)")
    return scratch.path("run")
  }

  @Test("several methods explain a run and its export, with metrics, pictures and a page")
  func explains() throws {
    let scratch = try Scratch()
    let run = try trained(scratch)
    let common = [
      "--data", scratch.path("bars"), "--split", "test", "--count", "3", "--method", "saliency",
      "smoothgrad", "grad-cam", "rise",
      "--set", "samples=30", "--metric", "deletion", "mu-fidelity", "complexity", "--json",
      "--quiet",
      "--shown", "2",
    ]
    let here = try Command(
      ["explain", "--run", run, "--out", scratch.path("why"), "--workers", "2"] + common)
    #expect(here.status == 0 && here.errors.isEmpty, "\(here.errors)")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(here.output.utf8))
    #expect(answer.examples == 3 && answer.layer == "features.3")
    #expect(answer.methods.map(\.method) == ["saliency", "smoothgrad", "grad-cam", "rise"])
    #expect(answer.methods.map(\.forwardPasses) == [1, 31, 1, 31])
    for method in answer.methods {
      #expect(Set(method.metrics.keys) == ["deletion", "mu-fidelity", "complexity"])
    }
    for file in ["maps.npz", "explain.html", "0-rise.png", "1-grad-cam-overlay.png"] {
      #expect(FileManager.default.fileExists(atPath: scratch.path("why/\(file)")), "\(file)")
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("why/2-rise.png")))
    let samples = try String(contentsOfFile: scratch.path("why/samples.csv"), encoding: .utf8)
    #expect(samples.hasPrefix("index,label,class,score,saliency.deletion,saliency.mu-fidelity"))
    let page = try String(contentsOfFile: scratch.path("why/explain.html"), encoding: .utf8)
    #expect(page.contains("What the maps are worth") && page.contains("data:image/png"))
    let again = try Command(["explain", "--run", run, "--workers", "1"] + common)
    #expect(again.output == here.output)
    let exported = try Command(["explain", "--model", "\(run)/model.pt"] + common)
    #expect(exported.status == 0 && exported.output.contains("\"layer\": \"features.3\""))
    let random = try Command([
      "explain", "--run", run, "--data", scratch.path("bars"), "--split", "test", "--count", "2",
      "--randomise", "--quiet",
    ])
    #expect(random.status == 0 && random.output.contains("classifier.2"), "\(random.errors)")
  }

  @Test("counterfactuals with their points, table and page")
  func counterfactuals() throws {
    let scratch = try Scratch()
    let run = try trained(scratch)
    let found = try Command([
      "counterfactual", "--run", run, "--data", scratch.path("bars"), "--split", "test", "--count",
      "5", "--multiples", "1", "2",
      "--out", scratch.path("counter"),
    ])
    #expect(found.status == 0 && found.output.contains("cut to the box"), "\(found.errors)")
    for file in ["counterfactuals.npz", "counterfactual.html", "samples.csv"] {
      #expect(FileManager.default.fileExists(atPath: scratch.path("counter/\(file)")), "\(file)")
    }
    let samples = try String(contentsOfFile: scratch.path("counter/samples.csv"), encoding: .utf8)
    #expect(samples.hasPrefix("index,label,from,to,margin,slope,length,margin.1,predicted.1"))
    #expect(samples.split(separator: "\n").count == 6)
  }

  @Test("what cannot be explained is refused with one sentence that says what to do")
  func refusals() throws {
    let scratch = try Scratch()
    let run = try trained(scratch)
    let base = [
      "explain", "--run", run, "--data", scratch.path("bars"), "--split", "test", "--count", "2",
    ]
    let script = [
      "explain", "--model", "\(run)/model.pt", "--data", scratch.path("bars"), "--split", "test",
      "--count", "2",
    ]
    for (arguments, words) in [
      (base + ["--method", "salience"], ["did you mean 'saliency'"]),
      (base + ["--metric", "deletions"], ["did you mean 'deletion'"]),
      (base + ["--method", "saliency", "saliency"], ["twice"]),
      (base + ["--method", "rise", "--set", "samples=0"], ["samples", "from 1"]),
      (base + ["--method", "rise", "--set", "grid=40"], ["40 x 40", "28 x 28"]),
      (base + ["--method", "shapley", "--set", "grid=4"], ["16 groups", "kernel-shap"]),
      (base + ["--set", "samples=5"], ["none of the methods"]),
      (base + ["--set", "samples"], ["="]),
      (base + ["--class", "12"], ["12", "from 0"]),
      (base + ["--class", "dress"], ["dress", "predicted"]),
      (base + ["--baseline", "dark"], ["dark", "blur"]),
      (base + ["--layer", "features.3"], ["grad-cam"]),
      (base + ["--method", "grad-cam", "--layer", "conv9"], ["conv9", "features.3"]),
      (script + ["--method", "grad-cam", "--layer", "conv9"], ["conv9", "features.3"]),
      (script + ["--method", "grad-cam", "--layer", "classifier.0"], ["classifier.0", "height"]),
      (script + ["--randomise"], ["constants", "--run"]),
      (base + ["--cap", "0"], ["cap", "at least 1"]),
      (["explain"], ["--model", "--data"]),
      (["explanations", "rises"], ["did you mean 'rise'"]),
      (
        [
          "counterfactual", "--run", run, "--data", scratch.path("bars"), "--split", "test",
          "--target", "cat",
        ], ["runner-up"]
      ),
      (
        [
          "counterfactual", "--run", run, "--data", scratch.path("bars"), "--split", "test",
          "--target", "40",
        ], ["40"]
      ),
    ] {
      let refused = try Command(arguments)
      #expect(refused.status == 2, "\(arguments)")
      #expect(refused.errorLines.count == 1, "\(refused.errors)")
      for word in words { #expect(refused.errors.contains(word), "\(refused.errors)") }
    }
    let list = try Command(["explain", "--list"])
    #expect(list.status == 0 && list.output.contains("Petsiuk"))
    #expect(try Command(["explanations", "lime", "--json"]).output.contains("kernelWidth"))
  }
}
