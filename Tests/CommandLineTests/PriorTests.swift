import Foundation
import Networks
import Testing
import Torch

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

  @Test("a prior is conditioned by the templates of an encoder, and sampled by vectors of a file")
  func templates() throws {
    let encoder = scratch.url.appending(path: "encoder.pt")
    try IdentityCNN(
      side: 28, embeddingSize: 6, width: 4, using: Generator(seed: 3, purpose: "weights")
    ).export(to: encoder)
    let command = try train(
      recipe("conditions: { templates: \(encoder.path) }"), "--quiet", "--set", "samples.count=5")
    #expect(command.status == 0, "\(command.errors)")
    let results = try String(contentsOfFile: scratch.path("out/results.json"), encoding: .utf8)
    #expect(results.contains("template_cosine") && results.contains("denoising_loss"))
    let prior = try String(contentsOfFile: scratch.path("out/prior.json"), encoding: .utf8)
    #expect(prior.contains("\"vectors\" : 6") && prior.contains("\"encoder\""))
    // Templates are told with length 1: how long they are in the file makes no difference.
    var images: [Tensor] = []
    let rows = Tensor.normal([3, 6], using: Generator(seed: 1, purpose: "vectors"))
    for (name, vectors) in [
      ("a", rows), ("b", rows * 5), ("narrow", rows[0..<3].linear(.ones([4, 6]))),
    ] {
      let file = scratch.url.appending(path: "\(name).npy")
      try NPY.write(vectors, to: file)
      let sample = try Command(
        ["sample", scratch.path("out"), "--vectors", file.path, "--steps", "2"]
          + ["--out", scratch.path("samples-\(name)")])
      guard name != "narrow" else {
        #expect(sample.status == 2 && sample.errors.contains("rows of 6"), "\(sample.errors)")
        continue
      }
      #expect(sample.status == 0 && sample.output.hasPrefix("3 images"), "\(sample.errors)")
      let archive = scratch.url.appending(path: "samples-\(name)/samples.npz")
      images.append(try #require(try NPZ.read(archive)["images"]))
    }
    #expect(images.count == 2 && (images[0] - images[1]).abs().max().item < 1e-3)
    #expect((images[0][0] - images[0][1]).abs().max().item > 0)
    for (arguments, words) in [
      (["--vectors", "/nowhere.npy"], "/nowhere.npy"),
      (["--vectors", "a.npy", "--class", "1"], "one of them"), (["--class", "1"], "no classes"),
    ] as [([String], String)] {
      let sample = try Command(["sample", scratch.path("out")] + arguments)
      #expect(sample.status == 2 && sample.errors.contains(words), "\(sample.errors)")
    }
  }

  @Test(
    "bad recipes are named in one line",
    arguments: [
      ("network: { width: 144 }", "divide"), ("network: { attention: [5] }", "attention"),
      ("network: { patch: 3 }", "patches of 3"), ("samples: { count: 0 }", "samples.count"),
      ("samples: { guidances: [2] }", "judge"), ("samples: { guidance: -1 }", "guidance"),
      ("conditions: { classes: false }\njudge: { model: { name: lenet } }", "judge"),
      ("conditions: { templates: /nowhere.pt }", "/nowhere.pt"),
      ("conditions: { templates: /nowhere.pt, vectors: 3 }", "conditions.vectors"),
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
