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
    let page = try String(contentsOfFile: scratch.path("report/report.html"), encoding: .utf8)
    #expect(page.contains("<h3>Decision boundary</h3>"))
  }
}
