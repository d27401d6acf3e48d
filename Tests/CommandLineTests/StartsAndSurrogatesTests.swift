import Foundation
import Networks
import Testing
import Torch

/// Attacks that need more than a model and an example: others to start from, or another model.
@Suite("Starts and surrogates on the command line")
struct StartsAndSurrogatesTests {
  private struct Answer: Decodable {
    var attack: String
    var robustAccuracy: Double
    var examples: Int
    var settings: [String: String]
  }

  private let scratch: Scratch
  private let model: String
  private let data: String
  private let inputs: [[Double]]

  /// Four points round each of three corners, and the network that says which corner is nearest.
  init() throws {
    scratch = try Scratch()
    let corners = [[0.2, 0.2], [0.8, 0.2], [0.2, 0.8]]
    inputs = (0..<12).map { index in
      corners[index % 3].map { $0 + Double(index) / 100 }
    }
    data = scratch.path("points.npz")
    try NPZ.write(
      [
        "x": Tensor(inputs.flatMap { $0 }.map { Float($0) }, shape: [12, 2]),
        "y": Tensor((0..<12).map { $0 % 3 }),
      ], to: URL(filePath: data))
    model = scratch.path("model.pt")
    let network = Linear(2, 3, using: Generator(seed: 1, purpose: "weights"))
    try network.load([
      "weight": Tensor(corners.flatMap { $0 }.map { Float($0) }, shape: [3, 2]),
      "bias": Tensor(corners.map { Float(-($0[0] * $0[0] + $0[1] * $0[1]) / 2) }),
    ])
    try network.export(to: URL(filePath: model))
  }

  private func attack(_ arguments: String...) throws -> Command {
    try Command(["attack", "--model", model, "--data", data, "--quiet"] + arguments)
  }

  private func answer(_ command: Command) throws -> Answer {
    try #require(command.status == 0, "\(command.errors)")
    return try JSONDecoder().decode(Answer.self, from: Data(command.output.utf8))
  }

  /// A column of samples.csv.
  private func column(_ name: String, in folder: String) throws -> [String] {
    let rows = try String(contentsOfFile: scratch.path("\(folder)/samples.csv"), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let place = try #require(rows[0].firstIndex { $0 == name })
    return rows.dropFirst().map { String($0[place]) }
  }

  @Test(
    "decision attacks reach a class from the data's own examples",
    arguments: ["hopskipjump", "boundary"])
  func targets(name: String) throws {
    for target in ["1", "offset:1", "runner-up"] {
      let found = try answer(
        attack(
          "--attack", name, "--norm", "l2", "--targeted", "--target", target, "--count", "6",
          "--set",
          "steps=20", "--json", "--out", scratch.path("out")))
      #expect(found.robustAccuracy == 0 && found.examples == 6)
      let predicted = try column("predicted", in: "out").map { Int($0) ?? -1 }
      if target == "1" { #expect(predicted == Array(repeating: 1, count: 6)) }
      if target == "offset:1" { #expect(predicted == (0..<6).map { ($0 + 1) % 3 }) }
      // Half of the way between two corners, or less.
      let distances = try column("distance", in: "out").map { Double($0) ?? .nan }
      #expect(distances.allSatisfy { $0 < 0.65 })
    }
  }

  @Test("a class that no example has, or that there is not, is refused with a sentence")
  func refusals() throws {
    let few = scratch.path("few.npz")
    try NPZ.write(
      ["x": Tensor([Float(0.2), 0.2, 0.2, 0.8], shape: [2, 2]), "y": Tensor([0, 2])],
      to: URL(filePath: few))
    let hop = [
      "--attack", "hopskipjump", "--norm", "l2", "--set", "steps=2", "--targeted", "--target",
    ]
    let base = ["attack", "--model", model, "--quiet", "--data"]
    let transfer = base + [data, "--radius", "0.1", "--attack", "transfer"]
    let other = scratch.path("four.pt")
    try Linear(2, 4, using: Generator(seed: 1, purpose: "weights")).export(to: URL(filePath: other))
    for (arguments, words) in [
      (base + [few] + hop + ["1"], ["class 1", "none"]),
      (base + [few] + hop + ["offset:1"], ["no input to start from", "class 1"]),
      (base + [data] + hop + ["7"], ["target class 7", "3 classes"]),
      (transfer, ["--surrogate"]),
      (transfer + ["--surrogate", scratch.path("none.pt")], ["none.pt"]),
      (transfer + ["--surrogate", other], ["4 outputs", "3 classes"]),
      (transfer + ["--surrogate", model, "--surrogate-attack", "fast"], ["fast", "pgd"]),
      (transfer + ["--surrogate", model, "--set", "width=3"], ["width", "steps"]),
      (base + [data, "--radius", "0.1", "--surrogate", model], ["--surrogate", "transfer"]),
    ] {
      let refused = try Command(arguments)
      #expect(refused.status == 2 && refused.output.isEmpty, "\(arguments) \(refused.output)")
      #expect(refused.errorLines.count == 1, "\(refused.errors)")
      for word in words { #expect(refused.errors.contains(word), "\(refused.errors)") }
    }
  }

  @Test("transfer asks the model about what was made for the surrogate")
  func transfer() throws {
    // The same network breaks as if it were attacked itself; one that says the opposite helps nobody.
    let opposite = scratch.path("opposite.pt")
    let network = Linear(2, 3, using: Generator(seed: 1, purpose: "weights"))
    try network.load([
      "weight": Tensor([Float(-9), -9, 9, 0, 0, 9], shape: [3, 2]),
      "bias": Tensor([Float(0), 0, 0]),
    ])
    try network.export(to: URL(filePath: opposite))
    func transferred(_ surrogate: String) throws -> Answer {
      try answer(
        attack(
          "--attack", "transfer", "--surrogate", surrogate, "--radius", "0.31", "--steps", "7",
          "--json", "--out", scratch.path("out")))
    }
    let own = try answer(
      attack("--attack", "pgd", "--radius", "0.31", "--steps", "7", "--json"))
    let same = try transferred(model)
    #expect(same.attack == "transfer" && own.robustAccuracy < 1)
    #expect(same.robustAccuracy == own.robustAccuracy)
    #expect(same.settings["attack"]?.contains("pgd steps=7") == true)
    #expect(same.settings["attack"]?.contains("stopsEarly=false") == true)
    #expect(try Set(column("queries", in: "out")) == ["2"])
    #expect(try Set(column("gradients", in: "out")) == ["0"])
    #expect(try transferred(opposite).robustAccuracy > same.robustAccuracy)
    let page = try Command(["attacks", "transfer"])
    #expect(page.status == 0 && page.output.contains("--surrogate-attack"))
    #expect(try Command(["attacks"]).output.contains("transfer"))
  }
}
