import Foundation
import Reports
import Runs

/// How runs are shown on the terminal.
enum RunTables {
  static func findings(_ findings: [RunFinding]) -> TextTable {
    var table = TextTable([
      .init("finding"), .init("value", .trailing), .init("95 % interval", .trailing),
      .init("n", .trailing),
    ])
    for finding in findings {
      table.append([
        finding.id, finding.valueText, finding.intervalText, finding.count.map { "\($0)" } ?? "",
      ])
    }
    return table
  }

  static func list(_ runs: [RunRecord], tags: [String: [String]]) -> TextTable {
    var table = TextTable([
      .init("run"), .init("status"), .init("kind"), .init("recipe"), .init("variant"),
      .init("seed", .trailing), .init("time", .trailing), .init("created"), .init("tags"),
    ])
    for run in runs {
      let recipe = URL(filePath: run.recipe).deletingPathExtension().lastPathComponent
      table.append([
        run.id, run.state, run.kind, recipe + (run.profile.map { " (\($0))" } ?? ""),
        run.variant ?? "", run.seed ?? "", run.seconds.map(NumberText.duration) ?? "",
        NumberText.time(run.created), (tags[run.id] ?? []).joined(separator: " "),
      ])
    }
    return table
  }

  static func sweeps(_ sweeps: [SweepRecord]) -> TextTable {
    TextTable(
      [.init("sweep"), .init("recipe"), .init("profile"), .init("created"), .init("folder")],
      rows: sweeps.map {
        [$0.id, $0.recipe, $0.profile ?? "", NumberText.time($0.created), $0.folder]
      })
  }

  static func facts(_ run: RunRecord, tags: [String]) -> TextTable {
    let rows: [(String, String?)] = [
      ("run", run.id), ("fingerprint", run.fingerprint), ("kind", run.kind),
      ("recipe", run.recipe), ("profile", run.profile), ("variant", run.variant),
      ("seed", run.seed), ("status", run.state), ("failed because", run.message),
      ("created", NumberText.time(run.created)),
      ("finished", run.finished.map(NumberText.time)),
      ("time", run.seconds.map(NumberText.duration)), ("folder", run.folder),
      ("tags", tags.isEmpty ? nil : tags.joined(separator: " ")),
    ]
    return TextTable(
      [.init("about"), .init("value")],
      rows: rows.compactMap { name, value in value.map { [name, $0] } })
  }

  static func attempts(_ attempts: [RunAttempt]) -> TextTable {
    TextTable(
      [
        .init("attempt", .trailing), .init("host"), .init("process", .trailing),
        .init("started"), .init("outcome"),
      ],
      rows: attempts.map {
        [
          "\($0.number)", $0.host, "\($0.process)", NumberText.time($0.started),
          $0.outcome ?? "works",
        ]
      })
  }

  static func artefacts(_ artefacts: [RunArtefact]) -> TextTable {
    TextTable(
      [.init("file"), .init("bytes", .trailing), .init("SHA-256")],
      rows: artefacts.map { [$0.name, "\($0.bytes)", $0.digest] })
  }
}
