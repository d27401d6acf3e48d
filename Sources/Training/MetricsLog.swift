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
    if length == nil { try Data((header.joined(separator: ",") + "\n").utf8).write(to: url) }
    handle = try FileHandle(forUpdating: url)
    if let length {
      guard try handle.seekToEnd() >= length else {
        throw TrainingError.checkpoint(
          path: url.path, reason: "the file is shorter than it was at the checkpoint")
      }
      try handle.truncate(atOffset: length)
    }
    try handle.seekToEnd()
  }

  deinit { try? handle.close() }

  /// Appends a line; numbers are written in the fewest digits that read back equal.
  func append(step: Int, _ values: [Double?]) throws {
    let fields = ["\(step)"] + values.map { $0.map { "\($0)" } ?? "" }
    try handle.write(contentsOf: Data((fields.joined(separator: ",") + "\n").utf8))
  }

  /// The length so far, with everything before it on the disk.
  func synchronisedLength() throws -> UInt64 {
    try handle.synchronize()
    return try handle.offset()
  }
}
