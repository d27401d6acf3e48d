import Foundation
import Testing

@Suite("Text from the command line", .serialized)
struct TextRunTests {
  private let scratch: Scratch
  private let run: String

  init() throws {
    scratch = try Scratch()
    run = scratch.path("run")
  }

  private func train(_ change: String = "", source: String = "phrases") throws -> Command {
    let recipe = try scratch.write(
      "text.yaml",
      """
      recipe: train
      data: { source: \(source), train: 200, test: 60 }
      model: { name: text-cnn, options: { embedding: 8, filters: 4 } }
      training: { epochs: 2, batchSize: 50 }
      threads: 1
      \(change)
      """)
    return try Command(["train", recipe, "--out", run, "--quiet"])
  }

  @Test("a text model is trained, attacked, audited and exported with its own words")
  func whole() throws {
    let trained = try train(
      """
      evaluation:
        - { attack: hotflip, flips: 2, count: 20 }
        - { attack: embedding-pgd, norm: l2, radius: 0.5, scope: token, steps: 2, count: 20 }
      """)
    #expect(trained.status == 0, "\(trained.errors)")
    let results = try String(contentsOfFile: run + "/results.json", encoding: .utf8)
    #expect(results.contains("robust_error.hotflip.flips.2"))
    #expect(results.contains("robust_error.embedding-pgd.l2_token.0.5"))
    let words = try String(contentsOfFile: run + "/vocabulary.json", encoding: .utf8)
    #expect(words.contains("touchstone.vocabulary/1") && words.contains("\"brilliant\""))

    let attack = try Command([
      "attack", "--run", run, "--data", "phrases", "--attack", "hotflip", "--flips", "1", "--count",
      "5", "--out", scratch.path("attack"), "--quiet",
    ])
    #expect(attack.status == 0 && attack.output.contains("1 flips"), "\(attack.errors)")
    let samples = try String(contentsOfFile: scratch.path("attack/samples.csv"), encoding: .utf8)
    #expect(samples.split(separator: "\n").first?.hasSuffix("gradients,text") == true)

    let audit = try Command([
      "audit", "--run", run, "--data", "phrases", "--count", "10", "--out", scratch.path("audit"),
      "--quiet",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    for id in ["accuracy.clean", "calibration.ece", "evasion.robust_accuracy.words.1"] {
      #expect(audit.output.contains(id))
    }
    let report = try String(contentsOfFile: scratch.path("audit/report.json"), encoding: .utf8)
    // What was not done to words is not in the settings.
    #expect(report.contains("text-cnn, run") && report.contains("hotflip"))
    #expect(!report.contains("noiseDraws") && !report.contains("radii"))
    let page = try String(contentsOfFile: scratch.path("audit/report.md"), encoding: .utf8)
    #expect(page.contains("Accuracy against exchanged words"))
    let table = try String(contentsOfFile: scratch.path("audit/samples.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").first?.hasSuffix("broken_at,hotflip.text") == true)
    let export = try Command([
      "export", run, "--out", scratch.path("model.pt"), "--sample", scratch.path("sample.npz"),
    ])
    #expect(export.status == 0, "\(export.errors)")
  }

  @Test(
    "a folder of text with unknown words, empty lines and a class of its own is read or refused")
  func folders() throws {
    #expect(try train().status == 0)
    _ = try scratch.write("reviews/neg.txt", "dull dull\n\n   \nan unheard word : dull\n")
    _ = try scratch.write("reviews/pos.txt", "good\nüñ good 漢字\n\n")
    func attack(_ data: String, _ attack: String = "hotflip") throws -> Command {
      try Command([
        "attack", "--run", run, "--data", scratch.path(data), "--attack", attack, "--radius", "1",
        "--split", "all", "--quiet",
      ])
    }
    let read = try attack("reviews")
    #expect(read.status == 0 && read.output.contains("4 examples"), "\(read.errors)")
    let pgd = try attack("reviews", "pgd")
    #expect(pgd.status == 2 && pgd.errors.contains("hotflip"))
    _ = try scratch.write("reviews/third.txt", "so so\n")
    let classes = try attack("reviews")
    #expect(classes.status == 2 && classes.errors.contains("3 classes"), "\(classes.errors)")
    _ = try scratch.write("reviews/third.txt", "\n\n")
    let empty = try attack("reviews")
    #expect(empty.status == 2 && empty.errors.contains("third.txt"), "\(empty.errors)")
  }

  @Test("what does not fit together is refused with what to do")
  func misuse() throws {
    let words = try train(source: "glyphs")
    #expect(words.status == 2 && words.errors.contains("no text"), "\(words.errors)")
    let fold = try train("sweep: {}", source: "phrases, text: { fold: 10 }")
    #expect(fold.status == 2 && fold.errors.contains("fold is 10"), "\(fold.errors)")
    let radius = try train("evaluation: [{ attack: embedding-pgd }]")
    #expect(radius.status == 2 && radius.errors.contains("radius"), "\(radius.errors)")
    let flips = try train("evaluation: [{ attack: hotflip, flips: 0 }]")
    #expect(flips.status == 2 && flips.errors.contains("flips"), "\(flips.errors)")
    let nowhere = try Command(["attack", "--run", "/nowhere", "--data", "phrases", "--radius", "1"])
    #expect(nowhere.status == 2 && nowhere.errors.contains("model.json"))
    let both = try Command([
      "audit", "--run", "/nowhere", "--model", "m.pt", "--data", "phrases",
    ])
    #expect(both.status == 2 && both.errors.contains("not both"))
  }
}
