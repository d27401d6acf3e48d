import ArgumentParser
import Runs

struct RunsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks that the store's file is sound.")

  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(for: .reading)
    let problems = try store.integrityProblems()
    guard problems.isEmpty else {
      print(problems.joined(separator: "\n"))
      throw Exit.gateFailed
    }
    print("\(store.path): sound, \(try store.count()) runs")
  }
}
