import Foundation
import Testing

@Suite("Who was a member, from the command line")
struct MembershipRunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let recipe = """
    recipe: membership
    data: { source: gaussians, members: 30, others: 20 }
    model: { name: mlp, options: { layers: 1, hidden: 8 } }
    training: { epochs: 4, batchSize: 10 }
    attacks: { shadows: 4, boundary: { steps: 1, evaluations: 4 } }
    resamples: 40
    """

  private func membership(_ arguments: String..., out: String = "out") throws -> Command {
    let file = try scratch.write("members.yaml", Self.recipe)
    return try Command(["membership", file, "--out", scratch.path(out), "--quiet"] + arguments)
  }

  private func findings(_ out: String = "out") throws -> [String: [String: Any]] {
    let data = try Data(contentsOf: URL(filePath: scratch.path("\(out)/results.json")))
    let results = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let variants = try #require(results?["variants"] as? [[String: Any]])
    return try #require(variants.first?["metrics"] as? [String: [String: Any]])
  }

  @Test(
    "a run leaves what every attack finds, says who may make it, and does not depend on workers")
  func whole() throws {
    let command = try membership("--set", "threads=1")
    #expect(command.status == 0, "\(command.errors)")
    let found = try findings()
    let attacks = [
      "loss", "confidence", "entropy", "modified-entropy", "likelihood-ratio-online",
      "likelihood-ratio-offline", "decisions-boundary",
    ]
    #expect(
      Set(found.keys)
        == Set(
          ["member_accuracy", "other_accuracy"]
            + attacks.flatMap { ["\($0).area", "\($0).found.0.01", "\($0).found.0.001"] }))
    #expect(found["member_accuracy"]?["n"] as? Int == 30)
    #expect(found["other_accuracy"]?["n"] as? Int == 20)
    #expect(found["loss.area"]?["n"] as? Int == 50)
    for name in ["out/report.html", "out/report.md"] {
      let report = try String(contentsOfFile: scratch.path(name), encoding: .utf8)
      #expect(report.contains("is authorised by its owner"))
      #expect(report.contains("the rule of 30 asks for 30000"))
      #expect(report.contains("likelihood ratio, online, 4 shadow models"))
    }
    #expect(try membership("--set", "threads=2", out: "other").status == 0)
    let other = try findings("other")
    #expect(
      found.mapValues { $0["value"] as? Double } == other.mapValues { $0["value"] as? Double })
    // The same networks, read from the folder, asked once more.
    #expect(try membership("--set", "resamples=50").status == 0)
    #expect(
      try findings()["loss.area"]?["value"] as? Double == found["loss.area"]?["value"] as? Double)
  }

  @Test(
    "what cannot be is refused in a sentence",
    arguments: [
      ("data.members=1", "data.members"), ("attacks.shadows=3", "attacks.shadows"),
      ("attacks.shadows=2", "attacks.shadows"), ("data.members=5000", "too few examples"),
      ("attacks.shifts=1", "reach of shifts"), ("attacks.shifts=0", "attacks.shifts"),
      ("model.name=nonesuch", "nonesuch"), ("resamples=0", "resamples"),
    ])
  func refusals(_ setting: String, _ words: String) throws {
    let command = try membership("--set", setting)
    #expect(command.status == 2 && command.errors.contains(words), "\(command.errors)")
    #expect(command.errorLines.count == 1)
  }

  @Test("an audit of a run asks who its members were, of other data it does not")
  func audit() throws {
    let recipe = try scratch.write(
      "train.yaml",
      """
      recipe: train
      data: { source: gaussians, train: 60, test: 50 }
      model: { name: mlp, options: { layers: 1, hidden: 8 } }
      training: { epochs: 3, batchSize: 10 }
      """)
    let run = try Command(["train", recipe, "--out", scratch.path("run"), "--quiet"])
    #expect(run.status == 0, "\(run.errors)")
    func audit(_ out: String, _ arguments: [String]) throws -> String {
      let command = try Command(
        ["audit", "--profile", "tiny", "--quiet", "--out", scratch.path(out)] + arguments)
      #expect(command.status == 0, "\(command.errors)")
      return try String(contentsOfFile: scratch.path("\(out)/report.json"), encoding: .utf8)
    }
    let known = try audit("known", ["--run", scratch.path("run"), "--data", "gaussians"])
    #expect(known.contains("\"leakage.membership.loss.found.0.01\""))
    #expect(known.contains("\"leakage.membership.other_accuracy\""))
    #expect(known.contains("\"membershipExamples\": 50"))
    let file = try audit(
      "file", ["--model", scratch.path("run/model.pt"), "--data", "gaussians"])
    #expect(!file.contains("leakage.membership"))
    // The recipe in the folder says of other examples that they were learned: it is not believed.
    let kept = scratch.path("run/recipe.yaml")
    let text = try String(contentsOfFile: kept, encoding: .utf8)
    #expect(text.contains("train: 60"))
    try text.replacing("train: 60", with: "train: 61").write(
      toFile: kept, atomically: true, encoding: .utf8)
    let wrong = try audit("wrong", ["--run", scratch.path("run"), "--data", "gaussians"])
    #expect(!wrong.contains("leakage.membership"))
  }
}
