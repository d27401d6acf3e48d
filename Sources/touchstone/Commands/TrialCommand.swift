import ArgumentParser
import Foundation
import Runs

/// Measures the cost of a run; `ablate` asks for it in a process of its own.
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial", abstract: "Measures what a run costs.", shouldDisplay: false)

  func run() throws {
    let data = FileHandle.standardInput.readDataToEndOfFile()
    guard let request = try? JSONDecoder().decode(TrialRequest.self, from: data) else {
      throw ValidationError("trial reads a request from standard input")
    }
    let kind = try RunKindName.find(request.kind, in: RunKinds.all, recipe: "standard input")
    func cost<Kind: RunKind>(_ kind: Kind.Type) throws -> RunCost {
      try kind.trial(kind.settings(fromText: request.settings))
    }
    let text = try JSONEncoder().encode(try cost(kind))
    print(String(decoding: text, as: UTF8.self))
  }
}
