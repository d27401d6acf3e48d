import Foundation
import Reports

/// A run with all that came out of it, to be sent to the store of another machine.
public struct RunParcel: Codable, Sendable {
  let status: RunRecord.Status
  let message: String?
  let seconds: Double
  let environment: String
  let findings: [RunFinding]
  let outcomes: [String: Outcomes]
  let series: [String: [Int: Double]]
  let artefacts: [String]
  /// The files of the run's folder by their names.
  let files: [String: Data]
}

extension RunStore {
  /// What a run came to, with the files of its folder.
  ///
  /// - Throws: ``StoreError``, or why a file cannot be read.
  public func parcel(of record: RunRecord) throws -> RunParcel {
    let run = try self.run(record.id)
    let findings = try findings(of: [run])[run.id] ?? []
    var outcomes: [String: Outcomes] = [:]
    for finding in findings {
      outcomes[finding.id] = try self.outcomes(of: run, for: finding.id)
    }
    var series: [String: [Int: Double]] = [:]
    for name in try seriesNames(of: run) {
      let points = try self.series(name, of: run).map { ($0.step, $0.value) }
      series[name] = Dictionary(points) { $1 }
    }
    return RunParcel(
      status: run.status, message: run.message, seconds: run.seconds ?? 0,
      environment: run.environment, findings: findings, outcomes: outcomes, series: series,
      artefacts: try artefacts(of: run).map(\.name),
      files: try Self.files(in: URL(filePath: run.folder)))
  }

  /// Records what a run came to elsewhere, and writes its files into its folder.
  ///
  /// - Throws: ``StoreError``, or why a file cannot be written.
  public func receive(_ parcel: RunParcel, for run: RunRecord, host: String) throws {
    let folder = URL(filePath: run.folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, data) in parcel.files {
      let url = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url, options: .atomic)
    }
    let attempt = try begin(run, environment: RunEnvironment(host: host, text: parcel.environment))
    try write(
      parcel.series.flatMap { name, points in
        points.map { Point(name, step: $0.key, value: $0.value) }
      }, of: run, replacing: true)
    let result = RunResult(
      findings: parcel.findings, outcomes: parcel.outcomes, files: parcel.artefacts)
    let isDone = parcel.status == .finished
    try end(
      run, attempt: attempt, status: isDone ? .finished : .failed, message: parcel.message,
      seconds: parcel.seconds, result: isDone ? result : nil,
      artefacts: isDone ? try parcel.artefacts.map { try RunArtefact($0, in: folder) } : [])
  }

  /// Regular files of a folder, the lock left out.
  private static func files(in folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    let root = folder.standardizedFileURL.path
    let keys: [URLResourceKey] = [.isRegularFileKey]
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys)
    for case let url as URL in found ?? FileManager.DirectoryEnumerator() {
      guard try url.resourceValues(forKeys: Set(keys)).isRegularFile == true else { continue }
      let name = String(url.standardizedFileURL.path.dropFirst(root.count + 1))
      if name != RunLock.name { files[name] = try Data(contentsOf: url) }
    }
    return files
  }
}
