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

  @Test("what a run keeps as its recipe is the same text in every process, options by name")
  func options() throws {
    let scratch = try Scratch()
    let recipe = try scratch.write(
      "moons.yaml",
      """
      recipe: train
      data: { source: moons, train: 40, test: 20 }
      model: { name: mlp, options: { layers: 1, hidden: 4 } }
      objective:
        - term: pgd-cross-entropy
          options: { steps: 2, radius: 0.1, norm: linf, randomStart: false, stepSize: 0.1 }
      training: { steps: 1, batchSize: 10 }
      evaluation:
        - { attack: pgd, radius: 0.1, options: { loss: margin, randomStart: false, goal: untargeted } }
      """)
    func kept(_ name: String) throws -> String {
      let run = try Command(["train", recipe, "--out", scratch.path(name), "--quiet"])
      #expect(run.status == 0, "\(run.errors)")
      return try String(contentsOfFile: scratch.path("\(name)/recipe.yaml"), encoding: .utf8)
    }
    let first = try kept("first")
    for name in ["second", "third"] { #expect(try kept(name) == first) }
    func place(_ word: String) throws -> String.Index {
      try #require(first.range(of: word)).lowerBound
    }
    let names = ["norm: linf", "radius: 0.1", "randomStart:", "stepSize:", "steps: 2"]
    #expect(try names.map(place) == names.map(place).sorted())
    #expect(try place("goal:") < place("loss:"))
    // The run remembers what it was trained against, and an audit leaves that out of what it counts.
    let audit = try Command([
      "audit", "--run", scratch.path("first"), "--data", "moons", "--count", "10", "--norm", "linf",
      "--radii", "0.05", "--out", scratch.path("report"), "--no-store", "--json",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    #expect(audit.output.contains("those the model was trained against (pgd)"))
  }
}
