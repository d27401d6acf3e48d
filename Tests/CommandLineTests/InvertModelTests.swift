import Foundation
import Networks
import Testing
import Torch

@Suite("Inversion of classifiers from the command line")
struct InvertModelTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let encoder =
    "{ options: { embedding: 8, width: 4 }, training: { steps: 2, batchSize: 8 } }"

  private static let recipe = """
    recipe: invert-model
    data:
      source: portraits
      portraits: { privateIdentities: 5, publicIdentities: 16, size: 16, train: 4, test: 3 }
      thresholdIdentities: 4
    target: { options: { width: 4, hidden: 8 }, training: { epochs: 1, batchSize: 8 } }
    evaluator:
      model: small-vgg
      options: { width: 4 }
      seed: 9
      training: { epochs: 1, batchSize: 8 }
    encoders:
      attack: \(encoder)
      verification: { model: identity-resnet, options: { embedding: 8, width: 4 }, seed: 1, training: { steps: 2, batchSize: 8 } }
      perception: { network: \(encoder) }
    prior:
      network: { patch: 4, width: 8, multipliers: [1], conditionHidden: 8 }
      vectors: 8
      chosen: 3
      base: { steps: 2, batchSize: 8 }
      training: { steps: 2, batchSize: 8 }
    fineTuning: { samplingSteps: 2, training: { steps: 2, batchSize: 5 } }
    sampling: { sampler: { levels: { steps: 2 } } }
    reconstruction: { iterations: 2, restartSteps: 2 }
    latent: { iterations: 1, steps: 2 }
    miFace: { iterations: 2 }
    count: 2
    oracle: { people: 20, pictures: 32, epochs: 1, width: 4 }
    resamples: 50
    threads: 1
    """

  private func invert(_ arguments: String..., out: String = "out") throws -> Command {
    let file = try scratch.write("model.yaml", Self.recipe)
    return try Command(
      ["invert", "model", file, "--out", scratch.path(out), "--quiet"] + arguments)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: scratch.path(name), encoding: .utf8)
  }

  @Test("a run leaves a table from random public images to real ones, and says who may make it")
  func whole() throws {
    let command = try invert(
      "--set", "losses={prior: {learned: true}, classifier: {learned: true}}")
    #expect(command.status == 0, "\(command.errors)")
    let results = try text("out/results.json")
    for row in [
      "random_public", "look_alikes", "mi_face", "mi_face_art", "samples", "prior_only",
      "guided_samples", "latent_search", "attack_untuned", "tuned_samples", "attack", "polished",
      "private_test",
    ] { #expect(results.contains("\"\(row).accuracy\"")) }
    for measure in [
      "lift", "open_set", "open_set_lift", "attributes", "attribute_lift", "neighbour_distance",
      "face_distance", "perceptual_distance", "diversity", "kid", "precision", "precision_ppa",
      "queries", "gradients", "seconds", "over.samples", "over.mi_face",
    ] { #expect(results.contains("\"attack.\(measure)\"")) }
    for name in ["out/report.html", "out/report.md"] {
      let report = try text(name)
      #expect(report.contains("owns the audited model, or is authorised by its owner"))
      #expect(report.contains("search in the noise"))
      #expect(report.contains("Learned s"))
    }
    #expect(try text("out/report.html").contains("<h2>Images</h2>"))
    let metrics = try text("out/fine-tuning/metrics.csv")
    #expect(metrics.contains("prior.log_variance") && metrics.contains("classification.weight"))
  }

  @Test("rows that are finished are not made again, and give the same table")
  func resume() throws {
    #expect(try invert().status == 0)
    let first = try text("out/report.md")
    let rows = try FileManager.default.contentsOfDirectory(atPath: scratch.path("out/rows"))
    #expect(rows.count == 24)
    // Nothing but files is left of the first attempt.
    try FileManager.default.createDirectory(
      atPath: scratch.path("again"), withIntermediateDirectories: true)
    for part in ["rows", "fine-tuning"] {
      try FileManager.default.copyItem(
        atPath: scratch.path("out/\(part)"), toPath: scratch.path("again/\(part)"))
    }
    let again = try invert(out: "again")
    #expect(again.status == 0, "\(again.errors)")
    // With the seconds of the first attempt.
    #expect(try text("again/report.md") == first)
  }

  @Test(
    "what cannot be is refused in a sentence",
    arguments: [
      (
        "evaluator={options: {width: 4, hidden: 8}, training: {epochs: 1, batchSize: 8}}",
        "target and"
      ),
      ("data.publicNames=[public 0, private 1]", "both public and private"),
      (
        "losses.identity.source=privateImage",
        "with a private image's template it is template inversion"
      ),
      ("losses.classifier={kind: topK, learned: true}", "can be negative"),
      ("rows=[nothing]", "nothing"), ("prior.chosen=1", "prior.chosen"),
      ("data.thresholdIdentities=1", "too few threshold identities: 1"),
      ("target.path=/nowhere.pt", "/nowhere.pt"),
      ("target.defence={kind: mid, strength: -1}", "strength"),
      ("target.defence={kind: transfer, strength: 9}", "freeze"),
      ("fineTuning.training.shards=2", "shards"), ("heldOut=0", "heldOut"),
    ])
  func refusals(_ setting: String, _ word: String) throws {
    let command = try invert("--set", setting)
    #expect(command.status == 2 && command.errors.contains(word), "\(command.errors)")
  }

  @Test("an audit of a run inverts it where somebody says who is public")
  func audit() throws {
    let training = try scratch.write(
      "train.yaml",
      """
      recipe: train
      data:
        source: portraits
        portraits: { privateIdentities: 5, publicIdentities: 16, size: 16, train: 4, test: 3 }
      model: { name: small-cnn, options: { width: 4, hidden: 8 } }
      training: { epochs: 1, batchSize: 8 }
      """)
    let run = scratch.path("run")
    #expect(try Command(["train", training, "--out", run, "--quiet"]).status == 0)
    let file = try scratch.write("model.yaml", Self.recipe)
    let command = try Command([
      "audit", "--run", run, "--data", "portraits", "--inversion", file, "--profile", "tiny",
      "--out", scratch.path("report"), "--quiet",
    ])
    #expect(command.status == 0, "\(command.errors)")
    let report = try text("report/report.json")
    #expect(report.contains("leakage.model_inversion.attack.lift"))
    #expect(report.contains("leakage.model_inversion.weak_attack"))
    let lonely = try Command([
      "audit", "--run", run, "--data", "portraits", "--pictures", "--out", scratch.path("report"),
      "--quiet",
    ])
    #expect(lonely.status == 2 && lonely.errors.contains("--public"))
  }

  @Test("a TorchScript of people in a folder is inverted with people of another folder")
  func folders() throws {
    let (people, others) = (try faces("people", 0..<4), try faces("others", 10..<22))
    let network = SmallCNN(
      channels: 1, side: 16, classCount: 4, width: 4, hidden: 8,
      using: Generator(seed: 3, purpose: "weights"))
    let script = scratch.path("model.pt")
    try network.export(to: URL(filePath: script))
    let command = try Command([
      "audit", "--model", script, "--data", people, "--public", others, "--profile", "tiny",
      "--out", scratch.path("report"), "--quiet",
    ])
    #expect(command.status == 0, "\(command.errors)")
    let report = try text("report/report.json")
    #expect(report.contains("leakage.model_inversion.attack.lift"))
    #expect(!report.contains("leakage.model_inversion.attack.attributes"))
  }

  /// People with four pictures each.
  private func faces(_ name: String, _ people: Range<Int>) throws -> String {
    for person in people {
      for picture in 0..<4 {
        let generator = Generator(seed: UInt64(person * 7 + picture), purpose: "faces")
        let pixels = Tensor.uniform([16, 16], using: generator).values(as: Float.self)
        _ = try scratch.write(
          "\(name)/s\(person)/\(picture).pgm",
          Array("P5 16 16 255\n".utf8) + pixels.map { UInt8($0 * 255) })
      }
    }
    return scratch.path(name)
  }

  @Test("defences are compared with what they cost, and real images are the ceiling")
  func defend() throws {
    let sweep = """

      sweep:
        seeds: 1
        settings: { rows: [random_public, look_alikes, attack], fineTuning: { enabled: false } }
        tradeoffs: { private_test.target_accuracy: attack.lift }
        ceilings: { attack.lift: private_test.lift }
        variants:
          none: {}
          transfer: { target: { defence: { kind: transfer, strength: 1 } } }
          rounding: { target: { defence: { kind: rounding, strength: 1 } } }
      """
    let file = try scratch.write("defend.yaml", Self.recipe + sweep)
    let command = try Command([
      "defend", file, "--out", scratch.path("sweep"), "--no-trial", "--quiet",
    ])
    #expect(command.status == 0, "\(command.errors)")
    let page = try text("sweep/ablation.html")
    #expect(page.contains("accuracy above look-alikes, real images, not trained on"))
    let plain = try scratch.write("plain.yaml", Self.recipe)
    let refused = try Command(["defend", plain, "--out", scratch.path("none"), "--no-trial"])
    #expect(refused.status == 64 || refused.status == 2)
    #expect(refused.errors.contains("target.defence"))
  }
}
