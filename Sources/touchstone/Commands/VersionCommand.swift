import ArgumentParser
import Audit
import Torch

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Prints the versions of touchstone and libtorch.")

  @Flag(help: "Print as JSON.")
  var json = false

  func run() {
    if json {
      print("{\"touchstone\": \"\(Audit.version)\", \"libtorch\": \"\(libtorchVersion)\"}")
    } else {
      print("touchstone \(Audit.version), libtorch \(libtorchVersion)")
    }
  }
}
