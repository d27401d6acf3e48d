import Foundation
import Testing

@Suite("Sweeps from the command line")
struct AblateTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A sweep of `seeds` × two learning rates of a small network on 100 drawn digits.
  private func recipe(seeds: Int = 2, extra: String = "") throws -> String {
    try scratch.write(
      "sweep.yaml",
      """
      recipe: train
      data: { source: glyphs, train: 100, test: 40 }
      model: { name: small-cnn, options: { width: 4 } }
      training: { epochs: 1, batchSize: 20 }
      sweep:
        seeds: \(seeds)
        variants:
          slow: { training: { learningRate: { peak: 1e-4 } } }
          fast: { training: { learningRate: { peak: 1e-2 } } }
      \(extra)
      """)
  }

  private func ablate(_ recipe: String, _ more: String...) throws -> Command {
    try Command(
      ["ablate", recipe, "--out", scratch.path("out"), "--store", scratch.path("s.sqlite")] + more)
  }

  private func runs(_ arguments: String...) throws -> Command { try runs(arguments: arguments) }

  private func runs(arguments: [String]) throws -> Command {
    try Command(["runs"] + arguments + ["--store", scratch.path("s.sqlite")])
  }

  @Test("a sweep runs once, the second call has nothing left to do")
  func sweep() throws {
    let recipe = try recipe()
    let plan = try ablate(recipe, "--plan")
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.errors.contains("4 runs, 0 done"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("s.sqlite")))
    let first = try ablate(recipe, "--no-trial", "--tensorboard", scratch.path("events"))
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("test_error") && first.output.contains("fast"))
    for file in ["html", "md", "tex", "csv"] {
      #expect(FileManager.default.fileExists(atPath: scratch.path("out/ablation.\(file)")))
    }
    let events = try FileManager.default.contentsOfDirectory(
      atPath: scratch.path("events/fast/seed-1"))
    #expect(events.count == 1)
    let results = try String(contentsOfFile: scratch.path("out/results.json"), encoding: .utf8)
    let second = try ablate(recipe, "--no-trial")
    #expect(second.errors.contains("4 runs, 4 done"))
    #expect(second.output == first.output)
    #expect(
      try String(contentsOfFile: scratch.path("out/results.json"), encoding: .utf8) == results)
    let list = try runs("list", "--json")
    #expect(list.output.components(separatedBy: "\"status\": \"finished\"").count == 5)
  }

  @Test("variants are compared example by example by all that has a number for each")
  func measures() throws {
    let recipe = try recipe(
      seeds: 1,
      extra: """
        measures: [{ measure: accuracy, count: 40 }, { measure: lds, count: 30, options: { radius: 0.1 } }]
        """)
    let command = try ablate(recipe, "--no-trial")
    #expect(command.status == 0, "\(command.errors)")
    let table = try String(contentsOfFile: scratch.path("out/ablation.csv"), encoding: .utf8)
    let rows = table.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let (low, high) = try (
      #require(rows[0].firstIndex(of: "difference_low")),
      #require(rows[0].firstIndex(of: "difference_high"))
    )
    for finding in ["test_error", "test_accuracy", "lds.0.1"] {
      let row = try #require(rows.first { $0[0] == finding && $0[1] == "fast" })
      let (least, most) = try (#require(Double(row[low])), #require(Double(row[high])))
      #expect(least <= most)
    }
    // A share has the interval of a share, whichever way it is told.
    func interval(_ finding: String) throws -> [Double] {
      let row = try #require(rows.first { $0[0] == finding && $0[1] == "slow" })
      return try ["low", "high"].map { name in
        let column = try #require(rows[0].firstIndex { $0 == name })
        return try #require(Double(row[column]))
      }
    }
    let (error, accuracy) = (try interval("test_error"), try interval("test_accuracy"))
    #expect(abs(error[0] + accuracy[1] - 1) < 1e-12 && abs(error[1] + accuracy[0] - 1) < 1e-12)
  }

  @Test("a run that fails is told at the end, and the others are done")
  func failure() throws {
    let recipe = try recipe(
      seeds: 1,
      extra: """
            broken: { training: { learningRate: { peak: 1e30 } } }
        """)
    let command = try ablate(recipe, "--no-trial")
    #expect(command.status == 1, "\(command.errors)")
    #expect(command.errors.contains("broken, seed 0 failed"))
    #expect(command.output.contains("Not finished and left out: broken seed 0 (failed)"))
    #expect(command.output.contains("fast"))
    let failed = try runs("list", "--status", "failed")
    #expect(failed.output.contains("broken"))
    let show = try runs("list", "--json", "--status", "failed")
    #expect(show.output.contains("not finite"))
  }

  @Test("successive halving drops the worse half and keeps the baseline")
  func halving() throws {
    let recipe = try recipe(
      seeds: 1,
      extra: """
            middle: { training: { learningRate: { peak: 1e-3 } } }
          halving: { setting: training.epochs, metric: test_error, rounds: 2 }
        """)
    let command = try ablate(recipe, "--no-trial", "--set", "training.epochs=2")
    #expect(command.status == 0, "\(command.errors)")
    #expect(command.errors.contains("round 1 of 2 is done"))
    #expect(command.output.contains("Variants were chosen by a test figure"))
  }

  @Test("runs are listed, shown, compared, exported, tagged and pruned")
  func store() throws {
    let recipe = try recipe(seeds: 2)
    #expect(try ablate(recipe, "--no-trial", "--quiet").status == 0)
    let csv = try runs("export", "--format", "csv").output.split(separator: "\n")
    #expect(csv.count == 5)
    let ids = csv.dropFirst().map { String($0.prefix { $0 != "," }) }
    let compare = try runs("compare", ids[0], ids[1])
    #expect(compare.status == 0 && compare.output.contains("baseline"))
    let groups = try runs("compare", "--by", "variant")
    #expect(groups.output.contains("paired t"), "\(groups.output)")
    let show = try runs("show", ids[0])
    #expect(show.output.contains("metrics.csv") && show.output.contains("\"threads\": 1"))
    #expect(try runs("show", ids[0], "--json").output.contains("\"series\""))
    #expect(try runs("tag", ids[0], "paper").output.contains("paper"))
    #expect(try runs("list", "--tag", "paper").output.contains(ids[0]))
    let prune = try runs("prune", "--status", "finished")
    #expect(prune.output.contains("3 runs would be forgotten; 1 more stay"))
    #expect(try runs("prune", "--status", "finished", "--files", "--yes").status == 0)
    #expect(try runs("list", "--json").output.components(separatedBy: "\"id\"").count == 2)
    let resume = try runs("resume", ids[0])
    #expect(resume.status == 0 && resume.output.contains("test_error"))
  }

  @Test("a variant can be trained by itself, and gives the run of the sweep")
  func variant() throws {
    let recipe = try recipe(seeds: 1)
    #expect(try ablate(recipe, "--no-trial", "--quiet").status == 0)
    let single = try Command([
      "train", recipe, "--variant", "fast", "--seed", "0", "--set", "threads=1", "--out",
      scratch.path("single"), "--store", scratch.path("s.sqlite"), "--quiet",
    ])
    #expect(single.status == 0, "\(single.errors)")
    func weights(_ folder: String) throws -> Data {
      try Data(contentsOf: URL(filePath: scratch.path(folder + "/model.safetensors")))
    }
    #expect(try weights("single") == weights("out/fast/seed-0"))
    let changed = try Command([
      "train", recipe, "--variant", "fast", "--set", "training.learningRate.peak=0.5", "--dry-run",
    ])
    #expect(changed.output.contains("peak: 0.5") && !changed.output.contains("0.01"))
    let wrong = try Command(["train", recipe, "--variant", "fats", "--out", scratch.path("x")])
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'fast'"))
  }

  @Test("audits are remembered too, and two of them can be compared")
  func audits() throws {
    let recipe = try recipe(seeds: 1)
    #expect(try ablate(recipe, "--no-trial", "--quiet").status == 0)
    for variant in ["slow", "fast"] {
      let audit = try Command([
        "audit", "--model", scratch.path("out/\(variant)/seed-0/model.pt"), "--data", "glyphs",
        "--count", "10", "--norm", "linf", "--radii", "0.05", "--out", scratch.path(variant),
        "--store", scratch.path("s.sqlite"), "--quiet",
      ])
      #expect(audit.status == 0, "\(audit.errors)")
    }
    let list = try runs("export", "--kind", "audit", "--format", "csv")
    let ids = Set(list.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } })
    #expect(ids.count == 2)
    let compare = try runs(arguments: ["compare"] + ids.map(String.init))
    #expect(compare.output.contains("evasion.robust_accuracy.linf.0.05"), "\(compare.output)")
  }
}
