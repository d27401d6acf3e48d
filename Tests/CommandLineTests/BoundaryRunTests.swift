import Foundation
import Testing

@Suite("Decision boundaries from the command line")
struct BoundaryRunTests {
  @Test("a run on points in a plane leaves a picture, and an audit of it draws from the same plane")
  func picture() throws {
    let scratch = try Scratch()
    let recipe = try scratch.write(
      "rings.yaml",
      """
      recipe: train
      data: { source: rings-in-space, drawSeed: 8, test: 100 }
      model: { name: mlp, options: { hidden: 50, layers: 1, lecunNormal: 1 } }
      objective:
        - { term: cross-entropy }
        - { term: fgm-cross-entropy, options: { norm: l2, radius: 0.65 } }
      training: { steps: 300, batchSize: 16, learningRate: { peak: 0.02 } }
      threads: 1
      """)
    let run = try Command(["train", recipe, "--out", scratch.path("run"), "--quiet"])
    #expect(run.status == 0, "\(run.errors)")
    let drawing = try String(contentsOfFile: scratch.path("run/boundary.svg"), encoding: .utf8)
    #expect(drawing.hasPrefix("<svg") && drawing.contains("second direction"))
    let page = try String(contentsOfFile: scratch.path("run/boundary.html"), encoding: .utf8)
    #expect(page.contains("<h3>Decision boundary</h3>"))
    // Steps leave a plane in a space of more dimensions, so they are not drawn on it.
    #expect(!page.contains("<h3>Counterfactuals"))
    let audit = try Command([
      "audit", "--run", scratch.path("run"), "--data", "rings-in-space", "--count", "20", "--out",
      scratch.path("report"), "--json",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    struct Report: Decodable {
      struct Finding: Decodable {
        var id: String
        var value: Double?
      }
      var findings: [Finding]
    }
    let findings = try JSONDecoder().decode(Report.self, from: Data(audit.output.utf8)).findings
    // Another draw has another plane, in which the network has learned nothing.
    #expect(try #require(findings.first { $0.id == "accuracy.clean" }?.value) > 0.85)
    let distance = try #require(findings.first { $0.id == "boundary.distance" }?.value)
    #expect(0.1..<0.8 ~= distance)
    let report = try String(contentsOfFile: scratch.path("report/report.html"), encoding: .utf8)
    #expect(report.contains("<h3>Decision boundary</h3>"))
  }

  @Test("runs, audits and counterfactuals of snowflakes show the paper's figure")
  func snowflakes() throws {
    let scratch = try Scratch()
    let recipe = try scratch.write(
      "snow.yaml",
      """
      recipe: train
      data: { source: koch, train: 200, test: 100 }
      model: { name: lipschitz-mlp, options: { hidden: 16, layers: 2, outputs: 1 } }
      objective: [{ term: hkr, options: { lambda: 50, margin: 0.05 } }]
      training: { steps: 60, batchSize: 100, learningRate: { peak: 1e-2 } }
      threads: 1
      """)
    let run = try Command(["train", recipe, "--out", scratch.path("run"), "--quiet"])
    #expect(run.status == 0, "\(run.errors)")
    func text(_ path: String) throws -> String {
      try String(contentsOfFile: scratch.path(path), encoding: .utf8)
    }
    #expect(try text("run/counterfactuals.svg").contains(">transport<"))
    let heading = "<h3>Counterfactuals in the plane</h3>"
    #expect(try text("run/boundary.html").contains(heading))
    let subject = ["--run", scratch.path("run"), "--data", "koch"]
    let audit = try Command(
      ["audit"] + subject + [
        "--count", "20", "--hinge", "50", "0.05", "--out", scratch.path("report"),
      ])
    #expect(audit.status == 0, "\(audit.errors)")
    let report = try text("report/report.html")
    #expect(report.contains(heading) && report.contains("hKR with lambda 50"))
    let moved = try Command(
      ["counterfactual"] + subject + ["--count", "80", "--out", scratch.path("moved")])
    #expect(moved.status == 0, "\(moved.errors)")
    #expect(try text("moved/counterfactual.html").contains(heading))
  }
}
