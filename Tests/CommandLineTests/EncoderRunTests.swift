import Datasets
import Foundation
import Networks
import Testing
import Torch

@Suite("Encoders on the command line")
struct EncoderRunTests {
  private let scratch: Scratch
  private let recipe: String

  init() throws {
    scratch = try Scratch()
    recipe = scratch.path("encoder.yaml")
    try """
    recipe: train
    data:
      source: portraits
      portraits: { pool: public, privateIdentities: 2, publicIdentities: 10, size: 16, train: 4, test: 3 }
      strangers: 4
    model: { name: identity-resnet, options: { embedding: 6, width: 4 } }
    objective: [{ term: cosface }]
    training: { epochs: 1, batchSize: 12 }
    measures:
      - { measure: eer, part: strangers }
      - { measure: tar-at-fmr, part: strangers, options: { fmr: 0.01 } }
    """.write(toFile: recipe, atomically: true, encoding: .utf8)
  }

  @Test("a run leaves an encoder, judged by people whom it has not seen")
  func train() throws {
    let out = scratch.path("out")
    let command = try Command(["train", recipe, "--out", out, "--quiet"])
    #expect(command.status == 0, "\(command.errors)")
    let results = try String(contentsOfFile: "\(out)/results.json", encoding: .utf8)
    for word in ["test_error", "\"eer\"", "tar_at_fmr.0.01"] { #expect(results.contains(word)) }
    let script = try ScriptModule(contentsOf: URL(filePath: "\(out)/model.pt"))
    let templates = try script(.uniform([3, 1, 16, 16], using: Generator(seed: 1, purpose: "x")))
    #expect(templates.shape == [3, 6])
    #expect((templates.norm(along: [1]) - 1).abs().max().item < 1e-5)
    try audit(out)
  }

  @Test("accuracy can be repeated from the files of a run, also with averaged weights")
  func head() throws {
    let out = scratch.path("out")
    let command = try Command(
      ["train", recipe, "--out", out, "--quiet", "--json", "--set", "training.emaDecay=0.5"])
    #expect(command.status == 0, "\(command.errors)")
    let description = try String(contentsOfFile: "\(out)/model.json", encoding: .utf8)
    #expect(description.contains("\"head\" : \"head.safetensors\""))
    let saved = try SafeTensors.read(URL(filePath: "\(out)/head.safetensors")).tensors
    let directions = try #require(saved["weight"])
    #expect(directions.shape == [6, 6])
    let portraits = PortraitOptions(
      pool: .public, privateIdentities: 2, publicIdentities: 10, size: 16, train: 4, test: 3)
    let data = try Dataset.load(
      from: "portraits", split: .test, options: LoadOptions(portraits: portraits))
    let known = try data.restricted(toClasses: Array(data.classNames.dropLast(4)))
    let script = try ScriptModule(contentsOf: URL(filePath: "\(out)/model.pt"))
    let templates = try script(known.batch(Array(0..<known.count)).inputs)
    let chosen = templates.linear(directions.unitRows()).argmax(along: 1).values(as: Int.self)
    let wrong = zip(chosen, known.labelValues).filter { $0 != $1 }.count
    let error = Double(wrong) / Double(known.count)
    let results = try String(contentsOfFile: "\(out)/results.json", encoding: .utf8)
    let fields = try #require(results.firstMatch(of: /"test_error":\s*\{\s*"value":\s*([0-9.e-]+)/))
    #expect(abs((Double(fields.1) ?? 9) - error) < 1e-12)
  }

  private func audit(_ out: String) throws {
    let report = scratch.path("audit")
    let command = try Command(
      ["audit", "--run", out, "--profile", "tiny", "--out", report, "--quiet"]
        + ["--fail-over", "leakage.template_inversion.sar_type_one.0.1=1"]
        + ["--fail-under", "verification.tar.0.001=1.1"])
    #expect(command.status == 1, "\(command.errors)")
    #expect(command.errorLines.count == 1 && command.errors.contains("verification.tar.0.001"))
    let json = try String(contentsOfFile: "\(report)/report.json", encoding: .utf8)
    for word in [
      "owns the audited model", "verification.eer", "defence.signs.sar_type_two.0.001",
      "\"learnedFromThem\" : \"no\"", "skippedProbes",
    ] { #expect(json.contains(word) || json.contains(word.replacing(" :", with: ":")), "\(word)") }
    for (arguments, words) in [
      (["--run", out, "--radii", "0.1"], "--radii is for classifiers"),
      (["--run", out, "--heal"], "--heal is for classifiers"),
      (["--run", out, "--count", "1"], "at least 2 people"),
      (["--run", out, "--set", "seed=1"], "--inversion"),
      (["--encoder"], "give --model with --encoder"),
      (["--pictures"], "--pictures is for encoders"),
      (["--model", "\(out)/model.pt", "--encoder"], "needs --data"),
      (["--model", "/nowhere.pt", "--encoder", "--data", "portraits"], "/nowhere.pt"),
    ] as [([String], String)] {
      let command = try Command(
        ["audit", "--profile", "tiny", "--out", report, "--quiet"] + arguments)
      #expect(command.status == 2 && command.errors.contains(words), "\(command.errors)")
      #expect(command.errorLines.count == 1)
    }
  }

  @Test(
    "settings that cannot be are refused in a sentence",
    arguments: [
      ("data.strangers=9", "data.strangers is 9"), ("data.strangers=1", "data.strangers is 1"),
      ("data.strangers=null", "measures.part is strangers"),
      ("data.portraits.train=0", "number of training pictures is 0"),
      ("data.source=glyphs", "data.portraits: is given for the source glyphs"),
      ("objective.0.term=cross-entropy", "is an encoder"),
      ("model.name=mlp", "needs embeddings"),
    ])
  func refusals(setting: String, words: String) throws {
    var arguments = ["train", recipe, "--out", scratch.path("out"), "--set", setting]
    if setting.hasPrefix("model") { arguments += ["--set", "model.options=null"] }
    let command = try Command(arguments)
    #expect(command.status == 2 && command.errors.contains(words), "\(command.errors)")
  }
}
