import Foundation
import Testing

@Suite("Recipes from the command line")
struct RecipeTests {
  private var root: URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
      .standardizedFileURL
  }

  @Test("the glyph recipe trains in its tiny profile, and a second call has nothing left to do")
  func glyphs() throws {
    let scratch = try Scratch()
    let arguments = [
      "train", root.appending(path: "Recipes/foundation/glyphs-cnn.yaml").path, "--profile", "tiny",
      "--out", scratch.path("run"), "--json", "--set", "threads=1",
    ]
    let first = try Command(arguments)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("touchstone.results/1"))
    let metrics = try Data(contentsOf: URL(filePath: scratch.path("run/metrics.csv")))
    #expect(String(decoding: metrics, as: UTF8.self).split(separator: "\n").count == 5)
    let second = try Command(arguments)
    #expect(second.status == 0, "\(second.errors)")
    #expect(try Data(contentsOf: URL(filePath: scratch.path("run/metrics.csv"))) == metrics)
    let export = try Command([
      "export", scratch.path("run"), "--out", scratch.path("model.pt"), "--sample",
      scratch.path("sample.npz"),
    ])
    #expect(export.status == 0, "\(export.errors)")
    let audit = try Command([
      "audit", "--model", scratch.path("model.pt"), "--data", "glyphs", "--count", "20", "--norm",
      "linf", "--radii", "0.05", "--out", scratch.path("report"), "--quiet",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    for file in ["report.html", "report.json", "report.md", "samples.csv"] {
      #expect(FileManager.default.fileExists(atPath: scratch.path("report/\(file)")))
    }
  }
}
