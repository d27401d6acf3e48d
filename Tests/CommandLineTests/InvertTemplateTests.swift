import Foundation
import Networks
import Testing
import Torch

@Suite("Inversion of templates from the command line")
struct InvertTemplateTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let recipe = """
    recipe: invert-template
    data:
      source: portraits
      portraits: { privateIdentities: 5, publicIdentities: 16, size: 16, train: 4, test: 3 }
      thresholdIdentities: 4
    encoders:
      system: { options: { embedding: 8, width: 4 }, training: { steps: 2, batchSize: 8 } }
      evaluation:
        model: identity-resnet
        options: { embedding: 8, width: 4 }
        seed: 1
        training: { steps: 2, batchSize: 8 }
      perception:
        network: { options: { embedding: 8, width: 4 }, seed: 10, training: { steps: 2, batchSize: 8 } }
    network: { patch: 4, width: 8, multipliers: [1] }
    training: { steps: 4, batchSize: 8, checkpointEvery: 2 }
    reconstruction: { count: 2, guidances: [1.5], steps: [3], concentrations: [10], sampler: { levels: { steps: 2 } } }
    oracle: { people: 20, pictures: 32, epochs: 1, width: 4 }
    resamples: 50
    threads: 1
    """

  private func invert(_ arguments: String..., out: String = "out") throws -> Command {
    let file = try scratch.write("template.yaml", Self.recipe)
    return try Command(
      ["invert", "template", file, "--out", scratch.path(out), "--quiet"] + arguments)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: scratch.path(name), encoding: .utf8)
  }

  @Test("a run leaves findings and a report that says who may make it")
  func whole() throws {
    let command = try invert()
    #expect(command.status == 0, "\(command.errors)")
    let results = try text("out/results.json")
    for id in [
      "sar_type_one.0.1", "sar_type_two.0.001", "genuine.0.01", "random_public.0.01",
      "nearest_public.0.01", "lift_type_two.0.001", "evaluation.sar_type_two.0.01",
      "attribute_error", "genuine_attribute_correlation", "pixel_error", "perceptual_distance",
      "diversity", "seconds", "cpu_seconds", "sar_type_one.0.1.guidance.1.5", "diversity.steps.3",
      "lift_type_two.0.001.concentration.10",
    ] { #expect(results.contains("\"\(id)\"")) }
    for name in ["out/report.html", "out/report.md"] {
      let report = try text(name)
      #expect(report.contains("owns the audited model, or is authorised by its owner"))
      #expect(report.contains("the best of 2 by similarity to system"))
      #expect(report.contains("the rule of 30 asks for"))
      for way in ["guidance 2, 2 steps", "guidance 1.5", "concentration 10", "steps 3"] {
        #expect(report.contains(way))
      }
    }
    #expect(FileManager.default.fileExists(atPath: scratch.path("out/reconstructions.png")))
  }

  @Test("a run that is asked to stop while it inverts goes on later")
  func stop() throws {
    let recipe = Self.recipe.replacing("steps: [3]", with: "steps: [3, 4, 5, 6, 7, 8, 9, 10]")
      .replacing("{ count: 2,", with: "{ count: 8,")
    let file = try scratch.write("slow.yaml", recipe)
    let store = scratch.path("runs.sqlite")
    let arguments = [
      "invert", "template", file, "--out", scratch.path("slow"), "--store", store,
    ]
    let command = try RunningCommand(arguments)
    try command.wait(every: 0.01) { try command.errors.contains("inverting with") }
    command.send(SIGTERM)
    let (code, said) = (command.wait(), try command.errors)
    #expect(code == 130 && !command.wasKilled, "\(said)")
    let list = ["runs", "list", "--status", "interrupted", "--store", store]
    #expect(try Command(list).output.contains("  interrupted  "))
    let again = try Command(arguments + ["--quiet"], store: store)
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test("other people than drawn ones are shown only when somebody asks")
  func pictures() throws {
    let file = try scratch.write(
      "faces.yaml",
      Self.recipe.replacing("source: portraits", with: "source: data").split(separator: "\n")
        .filter { !$0.contains("portraits:") && !$0.contains("oracle:") }
        .joined(separator: "\n"))
    let folder = try faces()
    for (flags, isShown) in [([], false), (["--pictures"], true)] as [([String], Bool)] {
      let out = scratch.path("faces-\(isShown)")
      let command = try Command(
        ["invert", "template", file, "--data", folder, "--out", out, "--quiet"] + flags)
      #expect(command.status == 0, "\(command.errors)")
      #expect(FileManager.default.fileExists(atPath: "\(out)/reconstructions.png") == isShown)
      let report = try String(contentsOfFile: "\(out)/report.html", encoding: .utf8)
      #expect(report.contains("<h2>Reconstructions</h2>") == isShown)
    }
  }

  /// A folder of twelve people with three pictures each.
  private func faces() throws -> String {
    for person in 0..<12 {
      for picture in 0..<3 {
        let generator = Generator(seed: UInt64(person * 3 + picture), purpose: "faces")
        let pixels = Tensor.uniform([16, 16], using: generator).values(as: Float.self)
        _ = try scratch.write(
          "faces/s\(person)/\(picture).pgm",
          Array("P5 16 16 255\n".utf8) + pixels.map { UInt8($0 * 255) })
      }
    }
    return scratch.path("faces")
  }

  /// The settings of the audited encoder.
  private static let small =
    "model: identity-cnn, options: {embedding: 8, width: 4}, training: {steps: 2, batchSize: 8}"

  @Test(
    "what cannot be is refused in a sentence",
    arguments: [
      ("encoders.evaluation={\(Self.small)}", "same weights"),
      ("data.publicNames=[public 0, private 1]", "both public and private"),
      ("data.thresholdNames=[public 0, public 1]", "both public and threshold"),
      ("network.width=144", "do not divide"), ("protection={projection: 99}", "projection"),
      ("protection={levels: 1}", "levels"), ("loss.feature=lpips", "loss.feature"),
      ("loss={feature: infonce, temperature: 0}", "temperature"),
      ("data.portraits.pool=public", "data.portraits.pool"),
      ("encoders.system.path=/nowhere.pt", "/nowhere.pt"),
      ("encoders.system.model=lenet", "lenet"), ("network.patch=5", "patches of 5"),
      ("data.thresholdIdentities=1", "too few threshold identities: 1"),
      ("data.perPerson=1", "too few other images"),
    ])
  func refusals(_ setting: String, _ words: String) throws {
    let command = try invert("--set", setting)
    #expect(command.status == 2 && command.errors.contains(words), "\(command.errors)")
    #expect(command.errorLines.count == 1)
  }

  @Test("encoders from files: zeros, other answers each time and wrong shapes are refused")
  func files() throws {
    for (body, words) in [
      ("return torch.zeros([x.size(0), 8])", "is zero"),
      ("return torch.rand([x.size(0), 8])", "two answers"),
      ("return x", "must be [N, D]"),
    ] {
      let file = scratch.url.appending(path: "odd.pt")
      try Odd(scriptSource: body).export(to: file)
      let command = try invert("--system", file.path)
      #expect(command.status == 2 && command.errors.contains(words), "\(command.errors)")
    }
    let sound = scratch.url.appending(path: "sound.pt")
    try IdentityCNN(
      side: 16, embeddingSize: 6, width: 4, using: Generator(seed: 3, purpose: "weights")
    ).export(to: sound)
    #expect(try invert("--system", sound.path).status == 0)
    // Under another name it is still the same encoder.
    let copy = scratch.url.appending(path: "copy.pt")
    try FileManager.default.copyItem(at: sound, to: copy)
    let same = try invert("--system", sound.path, "--evaluation", copy.path)
    #expect(same.status == 2 && same.errors.contains("same weights"), "\(same.errors)")
  }

  @Test("other kinds of recipes are told apart")
  func kinds() throws {
    let file = try scratch.write("template.yaml", Self.recipe)
    let trained = try Command(["train", file, "--out", scratch.path("out")])
    #expect(trained.status == 2 && trained.errors.contains("'invert-template'"))
  }
}

/// An encoder that is none.
private final class Odd: Layer {
  let scriptSource: String
  init(scriptSource: String) { self.scriptSource = scriptSource }
  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { input }
  var parts: [(name: String, part: Any)] { [] }
}
