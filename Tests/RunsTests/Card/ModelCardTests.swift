import Foundation
import Reports
import Runs
import Statistics
import Testing
import Yams

@Suite("Model cards")
struct ModelCardTests {
  private let scratch: Scratch
  private let store: RunStore

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
  }

  private static let settings = """
    {"data":{"source":"data/mnist"},"model":{"name":"lenet"},"objective":[{"term":"cross-entropy"}],"seed":3}
    """

  private func finding(_ id: String, _ value: Double?, count: Int?) throws -> RunFinding {
    RunFinding(
      try Finding(
        id: id, title: "About \(id)", value: value,
        interval: .init(low: 0.25, high: 0.75, level: 0.95), detail: "Over 50 examples."),
      count: count)
  }

  /// A finished run with a file, named `model.pt`.
  private func finished(
    kind: String = "train", recipe: String = "Recipes/a/lenet.yaml", variant: String? = nil,
    settings: String = Self.settings, folder: String = "run",
    findings: [String: Double?] = ["test_accuracy": 0.5, "robust_error.pgd.linf.0.1": 0.25]
  ) throws -> RunRecord {
    let run = try store.record(
      NewRun(
        kind: kind, recipe: recipe, profile: "quick", variant: variant, seed: 3,
        settings: settings, folder: scratch.path(folder), version: "1"),
      environment: Scratch.environment, reusing: .sameFolder)
    let session = try RunSession(run, in: store, environment: Scratch.environment)
    _ = try session.perform { session in
      try Data("weights of \(folder)".utf8).write(to: session.folder.appending(path: "model.pt"))
      return RunResult(
        findings: try findings.sorted { $0.key < $1.key }.map {
          try finding($0.key, $0.value, count: kind == "audit" ? nil : 100)
        },
        files: ["model.pt"])
    }
    return try store.run(run.id)
  }

  private func card(
    _ name: String, _ options: ModelCard.Options = .init(), notice: String = ""
  ) throws -> String {
    try ModelCard(
      of: ModelCardSubject(name, in: store), in: store, options: options, notice: notice,
      version: "1"
    ).markdown()
  }

  /// The metadata, read as the hub reads them.
  private func metadata(_ card: String) throws -> [String: Any] {
    let parts = card.components(separatedBy: "---\n")
    #expect(parts.first == "")
    return try #require(try Yams.load(yaml: parts[1]) as? [String: Any])
  }

  @Test("metadata are YAML as the hub specifies them")
  func frontMatter() throws {
    let run = try finished()
    let read = try metadata(card(run.id, .init(license: "apache-2.0", name: "My model")))
    #expect(read["license"] as? String == "apache-2.0")
    #expect(read["library_name"] as? String == "touchstone")
    #expect(read["pipeline_tag"] as? String == "image-classification")
    #expect(read["tags"] as? [String] == ["touchstone", "adversarial-robustness"])
    #expect(read["datasets"] as? [String] == ["mnist"])
    #expect(read["metrics"] as? [String] == ["accuracy"])
    let model = try #require((read["model-index"] as? [[String: Any]])?.first)
    #expect(model["name"] as? String == "My model")
    let result = try #require((model["results"] as? [[String: Any]])?.first)
    #expect((result["task"] as? [String: String])?["type"] == "image-classification")
    #expect((result["dataset"] as? [String: String])?["type"] == "mnist")
    #expect((result["dataset"] as? [String: String])?["name"] == "data/mnist")
    let metrics = try #require(result["metrics"] as? [[String: Any]])
    #expect(metrics.map { $0["type"] as? String } == ["robust_error.pgd.linf.0.1", "accuracy"])
    #expect(metrics.map { $0["value"] as? Double } == [0.25, 0.5])
    #expect(metrics.allSatisfy { $0["verified"] as? Bool == false })
    #expect(
      metrics[1]["name"] as? String
        == "About test_accuracy (95 % interval 25.00 to 75.00%, n = 100)")
    let open = try card(run.id)
    #expect(open.contains("\n# license: choose one"))
    #expect(try metadata(open)["license"] == nil)
  }

  @Test("the text has settings, intervals, what was not measured, and how to make it again")
  func text() throws {
    let run = try finished(variant: "big one")
    let text = try card(run.id, notice: "A notice.")
    for words in [
      "A notice.", "| network | lenet |", "| objective | cross-entropy |", "source: data/mnist",
      "| About test\\_accuracy | 50.00% | 25.00 to 75.00% | 100 | higher |",
      "| seeds | 3 |", "| runs | \(run.id) |", "touchstone test", "Not measured.",
      "### Membership: whether its answers give away which examples it learned from",
      "touchstone train Recipes/a/lenet.yaml --profile quick --variant 'big one' --seed 3",
      "The store has no audit of this model.",
    ] { #expect(text.contains(words), "\(words)") }
    #expect(!text.contains(scratch.url.path))
    #expect(try card(run.id, notice: "A notice.") == text)
    #expect(try card(scratch.path("run"), notice: "A notice.") == text)
  }

  @Test("whatever is in names and findings, metadata stay YAML and tables stay tables")
  func hostile() throws {
    let evil = "a: b\n---\n\"'|# *{[<b>&!"
    let run = try finished(
      recipe: "\(evil).yaml", variant: evil,
      settings: #"{"data":{"source":"x\n---\ny/|<b>"},"model":{"name":"```"},"seed":3}"#)
    let text = try card(run.id, .init(license: "a: b # c", task: "x: y", name: evil))
    // The metadata end at the first mark that stands on a line of its own.
    let end = try #require(text.range(of: "\n---\n"))
    let yaml = String(text[text.index(text.startIndex, offsetBy: 4)..<end.lowerBound])
    let read = try #require(try Yams.load(yaml: yaml) as? [String: Any])
    #expect(read["license"] as? String == "a: b # c" && read["pipeline_tag"] as? String == "x: y")
    let model = try #require((read["model-index"] as? [[String: Any]])?.first)
    #expect(model["name"] as? String == evil)
    let body = text[end.upperBound...]
    #expect(!body.contains("<b>*") && body.components(separatedBy: "```").count == 5)
    let rows = body.split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(rows.allSatisfy { $0.hasSuffix(" |") })
  }

  @Test("audits of the run's folder and of its file are found, others are not")
  func audits() throws {
    let run = try finished()
    let digest = try #require(try store.artefacts(of: run).first).digest
    func audit(_ name: String, model: String?) throws -> RunRecord {
      let digest = model.map { "\"\($0)\"" } ?? "null"
      return try finished(
        kind: "audit", recipe: "lenet",
        settings: """
          {"subject":{"name":"lenet","data":"glyphs","examples":200},"model":\(digest),"seed":3,"n":"\(name)"}
          """, folder: name,
        findings: [
          "leakage.membership.loss.area": 0.5, "accuracy.clean": 0.6, "gradients.zero_share": 0,
        ])
    }
    let byFile = try audit("a1", model: digest)
    let byTag = try audit("a2", model: nil)
    _ = try audit("a3", model: "0123")
    try store.tag(byTag, RunStore.auditTag(of: run))
    #expect(Set(try store.audits(of: run).map(\.id)) == [byFile.id, byTag.id])
    let text = try card(run.id)
    #expect(text.contains("- \(byFile.id), on glyphs: 3 findings"))
    #expect(text.contains("lenet, audit \(byTag.id):"))
    #expect(!text.contains("The store has no audit"))
    #expect(text.contains("| leakage.membership.loss.area | Over 50 examples. |"))
    let read = try metadata(text)
    #expect((read["tags"] as? [String])?.contains("membership-inference") == true)
    let results = (read["model-index"] as? [[String: Any]])?.first?["results"] as? [[String: Any]]
    #expect(results?.count == 3)
    let types = (results?.last?["metrics"] as? [[String: Any]])?.map { $0["type"] as? String }
    #expect(types == ["accuracy", "leakage.membership.loss.area"])
    // An audit by itself.
    let own = try card(byFile.id)
    #expect(own.contains("An audit of a model") && own.contains("touchstone audit --model FILE"))
    #expect((try metadata(own)["model-index"] as? [[String: Any]])?.count == 1)
  }

  @Test("a sweep's card has an entry a variant")
  func sweep() throws {
    let plan = try SweepPlan(
      try RecipeFile(
        yaml: """
          recipe: train
          data: { source: glyphs }
          sweep: { seeds: 2, variants: { plain: {}, other: { x: 2 } }, metrics: [test_error] }
          """, path: "r.yaml"
      ).resolved())
    let record = try store.recordSweep(
      id: "5eed0001", recipe: "r.yaml", profile: "quick",
      settings: JSONValue.object([
        "settings": plan.recipe.json, "sweep": plan.recipe.sweep?.json ?? .null,
      ]).text(), folder: scratch.path("sweep"))
    for (index, variant) in ["plain", "other"].enumerated() {
      for seed in 0..<2 {
        let run = try scratch.finished(
          variant, variant: variant, seed: UInt64(seed),
          error: 0.1 * Double(index + 1) + 0.01 * Double(seed), in: store)
        try store.add(
          run, to: record, rung: 0, variant: variant, seed: UInt64(seed), position: index)
      }
    }
    let text = try card("5eed")
    #expect(text.contains("touchstone ablate r.yaml --profile quick"))
    #expect(text.contains("### r, other") && text.contains("| Test error | 20.50% |"))
    let read = try metadata(text)
    let models = try #require(read["model-index"] as? [[String: Any]])
    #expect(models.map { $0["name"] as? String } == ["r, plain", "r, other"])
    // Data that are drawn are on no hub.
    #expect(read["datasets"] == nil)
    try FileManager.default.createDirectory(
      atPath: scratch.path("sweep"), withIntermediateDirectories: true)
    #expect(try card(scratch.path("sweep")) == text)
  }

  @Test("what is not there or not done is refused with what to do")
  func refusals() throws {
    #expect(throws: StoreError.unknownRun("none")) { try card("none") }
    try FileManager.default.createDirectory(
      atPath: scratch.path("empty"), withIntermediateDirectories: true)
    #expect(throws: ModelCardError.unknownFolder(scratch.path("empty"))) {
      try card(scratch.path("empty"))
    }
    let run = try store.record(
      scratch.newRun("planned"), environment: Scratch.environment, reusing: .any)
    #expect(throws: ModelCardError.unfinished(id: "the run \(run.id)", state: "planned")) {
      try card(run.id)
    }
  }
}
