import ArgumentParser
import Audit
import Foundation
import Runs

/// Which experiments, in which profile.
struct ReproductionOptions: ParsableArguments {
  @Argument(
    help: "Files of experiments; all of \(Self.folder) when none is given.",
    completion: .file(extensions: ["yaml"]))
  var files: [String] = []

  @Option(help: "The profile of all recipes: tiny, quick or full.")
  var profile = "quick"

  @OptionGroup var store: StoreOptions

  static let folder = "Recipes/\(Reproduction.folder)"

  /// The files, read and worked out.
  ///
  /// - Parameter out: the folder that every experiment has its own in.
  func plans(in out: String?) throws -> [(file: Reproduction, plans: [ExperimentPlan])] {
    let folder = URL(filePath: out ?? standardFolder).standardizedFileURL
    return try paths().map { path in
      let file = try Reproduction.load(path)
      let plans = try file.experiments.map {
        try ExperimentPlan(
          $0, profile: profile, in: folder, kinds: RunKinds.all, version: Audit.version)
      }
      return (file, plans)
    }
  }

  /// Profiles do not mix in a folder.
  private var standardFolder: String {
    profile == "quick" ? "runs/reproduce" : "runs/reproduce-\(profile)"
  }

  private func paths() throws -> [String] {
    guard files.isEmpty else { return files }
    let found = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder)) ?? []
    let names = found.filter { $0.hasSuffix(".yaml") }.sorted()
    guard !names.isEmpty else {
      throw ValidationError(
        "there are no experiments in \(Self.folder); go to the root of the repository or name a file"
      )
    }
    return names.map { "\(Self.folder)/\($0)" }
  }
}
