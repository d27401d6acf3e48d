import Foundation
import Reports

/// Where runs were made, in words that are the same wherever a page is made: commits, versions, machines.
struct RunCircumstances {
  /// The commits, short, each with a word where the working folder had been changed.
  let commits: [String]
  /// The versions of the program and its libraries.
  let versions: [String]
  /// The machines, without their names.
  let machines: [String]

  /// What the records of some runs say.
  init(_ runs: [RunRecord]) {
    var commits: Set<String> = []
    var versions: Set<String> = []
    var machines: Set<String> = []
    for text in Set(runs.map(\.environment)) {
      guard let data = try? JSONDecoder().decode(Content.self, from: Data(text.utf8)) else {
        continue
      }
      if let git = data.git, let commit = git.commit {
        commits.insert(commit.prefix(7) + (git.isChanged == true ? " with changes" : ""))
      }
      for (name, version) in data.versions ?? [:] { versions.insert("\(name) \(version)") }
      if let machine = data.machine {
        let parts = [
          machine.cores.map { "\($0) cores" }, machine.processor.map { "of an \($0)" },
        ]
        let words = parts.compactMap(\.self)
        if !words.isEmpty { machines.insert(words.joined(separator: " ")) }
      }
    }
    self.commits = commits.sorted()
    self.versions = versions.sorted()
    self.machines = machines.sorted()
  }

  private struct Content: Decodable {
    struct Git: Decodable {
      let commit: String?
      let isChanged: Bool?
    }
    struct Machine: Decodable {
      let cores: Int?
      let processor: String?
    }
    let git: Git?
    let versions: [String: String]?
    let machine: Machine?
  }
}
