import Foundation
import Testing

@Suite("Experiments, results and cards from the command line")
struct ReproduceTests {
  private let scratch: Scratch
  private let file: String

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL

  private static let recipe = """
    recipe: train
    title: A tiny thing
    cost: { tiny: 1 s }
    data: { source: moons, train: 40, test: 20 }
    model: { name: mlp, options: { layers: 1, hidden: 4 } }
    training: { steps: 2, batchSize: 10 }
    sweep: { seeds: 2, variants: { plain: {}, noise: { objective: [{ term: noise-cross-entropy }] } } }
    profiles: { tiny: {} }
    """

  init() throws {
    scratch = try Scratch()
    _ = try scratch.write("Recipes/t/sweep.yaml", Self.recipe)
    _ = try scratch.write(
      "Recipes/t/absent.yaml",
      Self.recipe.replacingOccurrences(of: "source: moons", with: "source: no/such/data"))
    // That there are no such weights only the run itself finds out.
    _ = try scratch.write(
      "Recipes/t/failing.yaml",
      Self.recipe.replacingOccurrences(
        of: "steps: 2", with: "initial: no/such.safetensors, steps: 2"))
    file = try scratch.write(
      "Recipes/reproduce/file.yaml",
      """
      title: Tiny things
      experiments:
        - { recipe: ../t/absent.yaml, run: ablate, asks: Is it there? }
        - { recipe: ../t/failing.yaml, run: train, variant: plain, asks: Does it fail? }
        - recipe: ../t/sweep.yaml
          run: ablate
          asks: Does noise help?
          claims: [{ says: It helps, finding: test_error, variant: noise, against: plain, is: lower }]
        - { recipe: ../t/sweep.yaml, run: train, variant: noise, asks: And alone? }
      """)
  }

  private func command(_ words: [String]) throws -> Command {
    try Command(words + ["--store", scratch.path("runs.sqlite")])
  }

  @Test("experiments run, go on, tell what failed and was left out, and make a page and cards")
  func whole() throws {
    let arguments = ["reproduce", file, "--profile", "tiny", "--out", scratch.path("out")]
    let before = try command(arguments + ["--plan"])
    #expect(before.status == 0 && !FileManager.default.fileExists(atPath: scratch.path("out")))
    #expect(before.output.contains("left out: no/such/data is not there"))

    let first = try command(arguments + ["--cores", "2"])
    #expect(first.status == 1, "\(first.errors)")
    #expect(first.errors.contains("t/failing failed: "))
    #expect(first.output.contains("5 of 10 runs of 4 experiments are done"))
    #expect(FileManager.default.fileExists(atPath: scratch.path("out/t/sweep/ablation.html")))

    let page = try command(["results", file, "--profile", "tiny"])
    #expect(page.status == 0, "\(page.errors)")
    #expect(page.output.contains("| Tiny things | 1 |"))
    #expect(page.output.contains("Not measured at all: t/absent, t/failing."))
    let out = scratch.path("Results.md")
    let second = try command(arguments)
    #expect(second.status == 1 && !second.errors.contains("t/sweep begins"))
    #expect(try command(["results", file, "--profile", "tiny", "--out", out]).status == 0)
    #expect(try String(contentsOfFile: out, encoding: .utf8) == page.output)

    let card = try command(["card", scratch.path("out/t/sweep")])
    #expect(card.status == 0 && card.output.hasPrefix("---\n"), "\(card.errors)")
    let single = scratch.path("out/t/sweep/noise/seed-0")
    let audit = try command([
      "audit", "--run", single, "--data", "moons", "--count", "5", "--norm", "linf", "--radii",
      "0.05", "--out", scratch.path("audit"), "--profile", "tiny", "--quiet",
    ])
    #expect(audit.status == 0, "\(audit.errors)")
    let own = try command(["card", single])
    #expect(own.output.contains("The risks below are also from these audits"), "\(own.errors)")
    #expect(own.output.contains("evasion.robust_accuracy.linf.0.05"))
  }

  @Test("the experiments of the repository fit their recipes")
  func plans() throws {
    let folder = Self.root.appending(path: "Recipes/reproduce").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .map { "\(folder)/\($0)" }
    #expect(files.count >= 6)
    for profile in ["tiny", "quick"] {
      let plan = try command(["reproduce", "--profile", profile, "--plan"] + files)
      #expect(plan.status == 0, "\(plan.errors)")
      #expect(plan.output.contains("smoothness/cora-gcn"))
    }
  }

  @Test("bad input ends with exit code 2 and one sentence")
  func refusals() throws {
    let unknown = try scratch.write(
      "bad.yaml", "title: T\nexperiments: [{ recipe: none.yaml, run: train, asks: Q }]")
    let typo = try scratch.write(
      "typo.yaml", "title: T\nexperiments: [{ recipe: none.yaml, rum: train, asks: Q }]")
    let empty = scratch.path("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    let cases: [([String], String)] = [
      (["reproduce", scratch.path("no.yaml")], "no.yaml"), (["reproduce", unknown], "none.yaml"),
      (["reproduce", typo], "by 'rum'"), (["reproduce", file, "--profile", "slow"], "'slow'"),
      (["reproduce", file, "--cores", "0"], "--cores"),
      (["results", file, "--profile", "tiny"], "no run store"),
      (["results", unknown], "none.yaml"),
      (["card", "abcd"], "no run store"), (["card", empty], "no run store"),
    ]
    for (words, sentence) in cases {
      let command = try command(words)
      #expect(command.status == 2 && !command.wasKilled, "\(words): \(command.errors)")
      #expect(
        command.errorLines.count == 1 && command.errors.contains(sentence), "\(command.errors)")
    }
    // With a store, an id that it does not have and a folder of which it knows nothing.
    let run = try command([
      "train", scratch.path("Recipes/t/sweep.yaml"), "--out", scratch.path("r"), "--quiet",
    ])
    #expect(run.status == 0, "\(run.errors)")
    for (name, word) in [("zzzz", "runs list"), (empty, "--store")] {
      let card = try command(["card", name])
      #expect(card.status == 2 && card.errors.contains(word), "\(card.errors)")
    }
    let results = try command(["results", file, "--profile", "tiny", "--out", empty])
    #expect(results.status == 2, "\(results.errors)")
  }
}
