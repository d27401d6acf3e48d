import Foundation
import Testing

@Suite("Tables and graphs from the command line")
struct TableAndGraphTests {
  /// Two classes that differ in the second column alone, on a scale of its own.
  private func plants() -> String {
    var text = "width,height,kind\n"
    for index in 0..<120 {
      let noise = Double((index * 37) % 100) / 100
      let kind = index % 2
      text += "\(noise),\(1000 + 40 * Double(kind) + 20 * noise),\(kind == 0 ? "low" : "high")\n"
    }
    return text
  }

  private func recipe(data: String, model: String, training: String) -> String {
    """
    recipe: train
    data: \(data)
    model: { name: \(model) }
    training: \(training)
    threads: 1
    """
  }

  @Test("a table is divided and standardised, and the export takes its raw columns")
  func table() throws {
    let scratch = try Scratch()
    let csv = try scratch.write("plants.csv", plants())
    let file = try scratch.write(
      "table.yaml",
      recipe(
        data: "{ source: \(csv), validation: 16, test: 24, scaling: standardise }", model: "mlp",
        training: "{ epochs: 30, batchSize: 20, learningRate: { peak: 0.01 } }"))
    let run = try Command(["train", file, "--out", scratch.path("run"), "--json"])
    #expect(run.status == 0, "\(run.errors)")
    let results = try String(contentsOfFile: scratch.path("run/results.json"), encoding: .utf8)
    let error = try #require(results.firstMatch(of: /"test_error": \{[^}]*"value": ([0-9.e-]+)/))
    #expect(try #require(Double(error.1)) <= 0.05)
    let samples = try String(contentsOfFile: scratch.path("run/samples.csv"), encoding: .utf8)
    #expect(samples.split(separator: "\n").count == 25)
    // Raw columns: without the standardisation inside, a height of 1000 would mean nothing.
    let audit = try Command([
      "audit", "--model", scratch.path("run/model.pt"), "--data", csv, "--count", "40", "--norm",
      "l2", "--radii", "0.1", "--out", scratch.path("report"), "--quiet", "--json",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    let report = try String(contentsOfFile: scratch.path("report/report.json"), encoding: .utf8)
    let clean = report.firstMatch(of: /"id": "accuracy.clean"[^}]*?"value": ([0-9.e-]+)/)
    #expect(try #require(clean.flatMap { Double($0.1) }) >= 0.95)
  }

  @Test("a graph trains with all its nodes as the unlabelled stream")
  func graph() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "graph.yaml",
      recipe(
        data: "{ source: papers }", model: "gcn",
        training:
          "{ steps: 60, batchSize: 15, unlabelledBatchSize: 180, learningRate: { peak: 0.01 } }"))
    let run = try Command(["train", file, "--out", scratch.path("run"), "--json"])
    #expect(run.status == 0, "\(run.errors)")
    let metrics = try String(contentsOfFile: scratch.path("run/metrics.csv"), encoding: .utf8)
    #expect(metrics.split(separator: "\n").count == 61)
    let results = try String(contentsOfFile: scratch.path("run/results.json"), encoding: .utf8)
    let error = try #require(results.firstMatch(of: /"test_error": \{[^}]*"value": ([0-9.e-]+)/))
    #expect(try #require(Double(error.1)) < 0.3)
    // The weights are small, since the graph is not saved with them.
    let size =
      try FileManager.default.attributesOfItem(
        atPath: scratch.path("run/model.safetensors"))[.size] as? Int
    #expect(try #require(size) < 10_000)
  }

  @Test("what does not fit is said in one line")
  func errors() throws {
    let scratch = try Scratch()
    let csv = try scratch.write("plants.csv", plants())
    _ = try scratch.write("bad/nodes.csv", "node,label,split\na,0,train\nb,1,test\n")
    _ = try scratch.write("bad/edges.csv", "source,target\na,b\nb,c\n")
    _ = try scratch.write("bad/features.csv", "node,word\na,0\nb,1\n")
    for (data, model, part) in [
      ("{ source: papers }", "mlp", "not made for the nodes of a graph"),
      ("{ source: \(csv) }", "gcn", "for the nodes of a graph alone"),
      ("{ source: papers, scaling: standardise }", "gcn", "none or rows for a graph"),
      ("{ source: \(csv), scaling: rows }", "mlp", "rows is for graphs"),
      ("{ source: glyphs, train: 20, test: 20, scaling: standardise }", "mlp", "no columns"),
      ("{ source: \(csv), test: 120 }", "mlp", "fewer than the 120"),
      ("{ source: \(scratch.path("bad")) }", "gcn", "edges.csv: line 3: the target \"c\""),
    ] {
      let file = try scratch.write(
        "wrong.yaml", recipe(data: data, model: model, training: "{ batchSize: 10 }"))
      let run = try Command(["train", file, "--out", scratch.path("wrong")])
      #expect(run.status == 2 && run.errors.contains(part), "\(run.errors)")
    }
  }
}
