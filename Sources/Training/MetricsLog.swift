import Foundation

/// `metrics.csv` of a run: one line a step, appended as the run goes.
///
/// A resumed run first cuts the file back to the checkpoint it starts from, so that the finished
/// file equals that of a run that was never interrupted, byte for byte.
final class MetricsLog {
  private let url: URL
  private let handle: FileHandle

  /// Opens the log at the length it had at the checkpoint, or empty.
  init(_ url: URL, header: [String], resumingAt length: UInt64?) throws {
    self.url = url
    handle = try Self.writing(url) {
      if length == nil { try Data((header.joined(separator: ",") + "\n").utf8).write(to: url) }
      return try FileHandle(forUpdating: url)
    }
    let end = try Self.writing(url) { try handle.seekToEnd() }
    if let length {
      guard end >= length else {
        throw TrainingError.checkpoint(
          path: url.path, reason: "the file is shorter than it was at the checkpoint")
      }
      try Self.writing(url) {
        try handle.truncate(atOffset: length)
        try handle.seekToEnd()
      }
    }
  }

  @discardableResult
  private static func writing<Result>(
    _ url: URL, _ body: () throws -> Result
  ) throws(TrainingError) -> Result {
    do {
      return try body()
    } catch {
      throw .log(path: url.path, reason: "\((error as NSError).localizedDescription)")
    }
  }

  deinit { try? handle.close() }

  /// Appends a line; numbers are written in the fewest digits that read back equal.
  func append(step: Int, _ values: [Double?]) throws {
    let fields = ["\(step)"] + values.map { $0.map { "\($0)" } ?? "" }
    let line = Data((fields.joined(separator: ",") + "\n").utf8)
    try Self.writing(url) { try handle.write(contentsOf: line) }
  }

  /// The length so far, with everything before it on the disk.
  func synchronisedLength() throws -> UInt64 {
    try Self.writing(url) {
      try handle.synchronize()
      return try handle.offset()
    }
  }
}

extension Trainer {
  /// What `metrics.csv` in a run's folder says: every step with its values by name.
  ///
  /// - Throws: ``TrainingError/log(path:reason:)`` when it cannot be read.
  public static func metrics(
    in folder: URL
  ) throws -> [(step: Int, values: [(name: String, value: Double)])] {
    let url = folder.appending(path: "metrics.csv")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw TrainingError.log(path: url.path, reason: "it is gone")
    }
    let lines = text.split(separator: "\n")
    let names = lines.first?.split(separator: ",").dropFirst().map(String.init) ?? []
    return lines.dropFirst().compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let step = fields.first.flatMap({ Int($0) }) else { return nil }
      let values = zip(names, fields.dropFirst()).compactMap { name, field in
        Double(field).map { (name: name, value: $0) }
      }
      return (step, values)
    }
  }
}
