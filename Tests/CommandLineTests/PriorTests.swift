import Foundation
import Testing

@Suite("Priors from the command line")
struct PriorTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func recipe(_ more: String = "") throws -> String {
    try scratch.write(
      "prior.yaml",
      """
      recipe: prior
      data: { source: glyphs, train: 60, test: 20 }
      network: { patch: 2, width: 8 }
      training: { steps: 6, batchSize: 10, checkpointEvery: 2, emaHalfLife: 100 }
      samples: { count: 2, sampler: { levels: { steps: 3 } } }
      threads: 1
      \(more)
      """)
  }

  private func train(_ recipe: String, _ arguments: String...) throws -> Command {
    try Command(
      ["train", recipe, "--out", scratch.path("out"), "--store", scratch.path("s.sqlite")]
        + arguments)
  }

  private func isPNG(_ name: String) throws -> Bool {
    try Data(contentsOf: scratch.url.appending(path: name)).starts(with: [0x89, 0x50, 0x4E, 0x47])
  }

  @Test("a prior is trained, judged and sampled from")
  func whole() throws {
    let command = try train(
      recipe("judge: { model: { name: small-cnn }, training: { batchSize: 20 } }"))
    #expect(command.status == 0, "\(command.errors)")
    let results = try String(contentsOfFile: scratch.path("out/results.json"), encoding: .utf8)
    for finding in ["denoising_loss", "recognised", "judge_accuracy"] {
      #expect(results.contains("\"\(finding)\""))
    }
    #expect(try isPNG("out/samples.png") && isPNG("out/trajectory.png"))

    for (arguments, status) in [
      (["--count", "5", "--class", "1", "3", "--guidance", "2", "--trajectory"], 0),
      (["--count", "3", "--unconditional", "--solver", "euler", "--eta", "1"], 0),
      (["--count", "3", "--restart", "glyphs", "--level", "0.4", "--solver", "dpm-solver"], 0),
      (["--class", "10"], 2), (["--steps", "0"], 2), (["--eta", "0.5"], 2), (["--level", "1"], 2),
      (["--restart", "moons", "--level", "1"], 2), (["--guidance", "nan"], 2),
    ] as [([String], Int32)] {
      let sample = try Command(
        ["sample", scratch.path("out"), "--steps", "2", "--out", scratch.path("s")] + arguments)
      #expect(sample.status == status, "\(arguments): \(sample.errors)")
      #expect(status == 0 || sample.errorLines.count == 1)
      if status == 0 { #expect(try isPNG("s/samples.png")) }
    }
    let none = try Command(["sample", scratch.path("nothing")])
    #expect(none.status == 2 && none.errors.contains("prior.json"))
  }

  @Test("the same recipe gives the same prior, and an unconditional one needs no classes")
  func repeated() throws {
    let recipe = try recipe("conditions: { classes: false }")
    var priors: [Data] = []
    for _ in 0..<2 {
      #expect(try train(recipe, "--quiet").status == 0)
      let file = scratch.url.appending(path: "out/prior.safetensors")
      priors.append(try Data(contentsOf: file))
      try FileManager.default.removeItem(at: scratch.url.appending(path: "out"))
      try FileManager.default.removeItem(at: scratch.url.appending(path: "s.sqlite"))
    }
    #expect(priors[0] == priors[1])
  }

  @Test(
    "bad recipes are named in one line",
    arguments: [
      ("network: { width: 144 }", "divide"), ("network: { attention: [5] }", "attention"),
      ("network: { patch: 3 }", "patches of 3"), ("samples: { count: 0 }", "samples.count"),
      ("samples: { guidances: [2] }", "judge"), ("samples: { guidance: -1 }", "guidance"),
      ("conditions: { classes: false }\njudge: { model: { name: lenet } }", "judge"),
      ("judge: { model: { name: nothing } }", "nothing"), ("dataDeviation: -1", "dataDeviation"),
      ("training: { emaHalfLife: 0 }", "emaHalfLife"), ("noise: { deviation: 0 }", "deviation"),
      ("data: { source: moons }", "moons"), ("networks: {}", "networks"),
    ])
  func badRecipes(_ line: String, _ word: String) throws {
    let key = line.prefix { $0 != ":" }
    let text = try String(contentsOfFile: recipe(), encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("\(key):") }.joined(separator: "\n")
    let command = try train(try scratch.write("bad.yaml", text + "\n" + line), "--quiet")
    #expect(command.status == 2)
    #expect(command.errorLines.count == 1 && command.errors.contains(word), "\(command.errors)")
  }
}
