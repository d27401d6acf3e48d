import Foundation

/// Reads `metrics.csv` of a run while it grows.
///
/// Only what is new is read. A line that is not complete yet waits for its end, and a file that was cut
/// back, as by a run that goes on from a checkpoint, is read again from the beginning.
struct MetricsReader: Sendable {
  /// The longest file that is read, in bytes; what is after that is left out.
  static let longest = 256 << 20
  /// How many columns are read.
  static let mostColumns = 200

  /// The names that lead to the file.
  let path: [String]
  /// What was read so far; columns without a value among them.
  private(set) var curves: [Curve] = []
  /// The last step.
  private(set) var step: Int?
  private var file: FileIdentity?
  private var offset = 0
  /// The last bytes that were read, to be found again where they were.
  private var tail = Data()
  private var rest: [UInt8] = []
  private var hasHeader = false
  /// Whether steps that were there before are left out: the file has some even when read from its
  /// beginning.
  private var isForgiving = false

  init(_ path: [String] = ["metrics.csv"]) { self.path = path }

  /// Reads what is new.
  ///
  /// - Returns: whether anything was.
  mutating func update(in folder: ServedFolder) -> Bool {
    guard let opened = try? folder.open(path) else { return false }
    let isSame =
      opened.identity == file && opened.size >= offset
      && (try? opened.read(at: offset - tail.count, count: tail.count)) == tail
    if !isSame {
      self = MetricsReader(path)
      file = opened.identity
    }
    let before = offset
    var wasCutBack = false
    while offset < Self.longest, let data = try? opened.read(at: offset, count: 1 << 18),
      !data.isEmpty
    {
      offset += data.count
      tail = Data(data.suffix(64))
      guard take(data) else {
        // A step that was there before: the file was cut back while it was read.
        self = MetricsReader(path)
        file = opened.identity
        isForgiving = wasCutBack
        wasCutBack = true
        continue
      }
    }
    return offset != before
  }

  /// Takes bytes; returns whether steps go on ascending.
  private mutating func take(_ data: Data) -> Bool {
    rest += data
    var begin = rest.startIndex
    while let end = rest[begin...].firstIndex(of: 10) {
      let line = String(decoding: rest[begin..<end], as: UTF8.self)
      begin = end + 1
      guard take(line[...]) else { return false }
    }
    rest.removeSubrange(..<begin)
    // No log has such lines: without a bound a file without line feeds would be kept as a whole.
    if rest.count > 1 << 20 { rest = [] }
    return true
  }

  private mutating func take(_ line: Substring) -> Bool {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard hasHeader else {
      hasHeader = true
      curves = fields.dropFirst().prefix(Self.mostColumns).map { Curve(String($0.prefix(80))) }
      return true
    }
    guard let step = fields.first.flatMap({ Int($0) }) else { return true }
    if let last = self.step, step <= last { return isForgiving }
    self.step = step
    for (index, field) in fields.dropFirst().prefix(curves.count).enumerated() {
      guard let value = Double(field) else { continue }
      curves[index].sketch.append(step: step, value: value)
    }
    return true
  }
}
