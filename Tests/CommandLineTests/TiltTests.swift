import Foundation
import Testing

@Suite("Tilting from the command line")
struct TiltTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func tilt(_ arguments: String...) throws -> Command {
    try Command(
      ["tilt", "--out", scratch.path("out"), "--store", scratch.path("s.sqlite"), "--quiet"]
        + arguments)
  }

  @Test("a pair gives a page with a slider, a table and results")
  func pair() throws {
    let command = try tilt(
      "--data", "moons", "--pair", "0,1", "--from", "0", "--to", "-3", "--per-decade", "2",
      "--per-class", "100")
    #expect(command.status == 0, "\(command.errors)")
    #expect(command.output.contains("tilt.0.1.adversarial_distance"))
    let table = try String(contentsOfFile: scratch.path("out/tilt.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 8)
    #expect(table.hasPrefix("class_i,class_j,lambda,theta_rad,"))
    let page = try String(contentsOfFile: scratch.path("out/report.html"), encoding: .utf8)
    #expect(page.contains("The toy problem") && page.contains("Tilting angle"))
    let results = try String(contentsOfFile: scratch.path("out/results.json"), encoding: .utf8)
    #expect(results.contains("\"schema\": \"touchstone.results/1\""))
  }

  @Test("all pairs in one command, with any loss", arguments: ["softplus", "squared"])
  func allPairs(_ loss: String) throws {
    let command = try tilt(
      "--data", "glyphs", "--all-pairs", "--per-class", "20", "--from", "0", "--to", "-2",
      "--per-decade", "1", "--loss", loss)
    #expect(command.status == 0, "\(command.errors)")
    let table = try String(contentsOfFile: scratch.path("out/tilt.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 1 + 45 * 3)
  }

  @Test(
    "bad usage is named in one line",
    arguments: [
      (["--data", "moons"], "--pair"), (["--pair", "0,1"], "--data"),
      (["--data", "moons", "--pair", "0,0"], "two different"),
      (["--data", "moons", "--pair", "0,9"], "2 classes"),
      (["--data", "moons", "--pair", "0,1", "--loss", "cubic"], "squared"),
      (["--data", "moons", "--pair", "0,1", "--from", "-3", "--to", "2"], "descending"),
      (["--data", "/nowhere", "--pair", "0,1"], "nowhere"),
    ])
  func badUsage(_ arguments: [String], _ word: String) throws {
    let command = try Command(
      ["tilt", "--out", scratch.path("out"), "--store", scratch.path("s.sqlite"), "--quiet"]
        + arguments)
    #expect(command.status == 2)
    #expect(command.errorLines.count == 1 && command.errors.contains(word), "\(command.errors)")
  }
}
