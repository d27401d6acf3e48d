import Foundation
import Synchronization

/// An event file of TensorBoard: values over time that its scalars page shows.
///
/// The format is TFRecord (a length, its masked CRC-32C, the record, its masked CRC-32C) around
/// `tensorflow.Event` messages. Every record is written by one call, so that a kill leaves at most one
/// incomplete record at the end, which readers skip.
public final class TensorBoardEvents: Sendable {
  private static let files = Atomic<Int>(0)
  private let path: String
  private let clock: @Sendable () -> Double
  private let handle: Mutex<FileHandle?>

  /// Begins a file in a folder, which is made when it is not there.
  ///
  /// - Parameter clock: the time in seconds since 1970, which TensorBoard shows; it decides no result.
  /// - Throws: `WriteError`.
  public init(
    folder: String, clock: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) throws(WriteError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .denied(path: folder)
    }
    let host = ProcessInfo.processInfo.hostName
    let number = Self.files.add(1, ordering: .relaxed).oldValue
    let name = "events.out.tfevents.\(Int(clock())).\(host).\(getpid()).\(number)"
    path = URL(filePath: folder).appending(path: name).path
    self.clock = clock
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw WriteError(path: path, code: errno) }
    handle = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    try write(step: 0) { $0.string(3, "brain.Event:2") }
  }

  /// Writes values at a step, in one event.
  ///
  /// - Throws: `WriteError`.
  public func scalars(
    _ values: [(tag: String, value: Double)], step: Int
  ) throws(WriteError) {
    guard !values.isEmpty else { return }
    try write(step: step) { event in
      event.message(5) { summary in
        for (tag, value) in values {
          summary.message(1) {
            $0.string(1, tag)
            $0.float(2, Float(value))
          }
        }
      }
    }
  }

  /// Writes a text that TensorBoard's text page shows as Markdown.
  ///
  /// - Throws: `WriteError`.
  public func text(_ tag: String, _ markdown: String, step: Int = 0) throws(WriteError) {
    try write(step: step) { event in
      event.message(5) { summary in
        summary.message(1) { value in
          value.string(1, tag)
          // A tensor of one string: its type (DT_STRING), its shape, and the string.
          value.message(8) { tensor in
            tensor.varint(1, 7)
            tensor.message(2) { $0.message(2) { $0.varint(1, 1) } }
            tensor.string(8, markdown)
          }
          value.message(9) { $0.message(1) { $0.string(1, "text") } }
        }
      }
    }
  }

  /// Says that a run goes on from a step: readers drop what a killed attempt wrote from there on.
  ///
  /// - Throws: `WriteError`.
  public func restart(at step: Int) throws(WriteError) {
    try write(step: step) { $0.message(7) { $0.varint(1, 1) } }
  }

  /// Ends the file.
  ///
  /// - Throws: `WriteError` when what was written cannot be made last.
  public func close() throws(WriteError) {
    do {
      try handle.withLock { handle in
        try handle?.synchronize()
        try handle?.close()
        handle = nil
      }
    } catch {
      throw WriteError(path: path, code: errno)
    }
  }

  private func write(
    step: Int, _ body: (inout ProtobufWriter) -> Void
  ) throws(WriteError) {
    var event = ProtobufWriter()
    event.double(1, clock())
    if step != 0 { event.varint(2, Int64(step)) }
    body(&event)
    let record = Data(Self.record(event.bytes))
    do {
      try handle.withLock { try $0?.write(contentsOf: record) }
    } catch {
      throw WriteError(path: path, code: Self.code(of: error))
    }
  }

  /// A TFRecord around a message.
  static func record(_ message: [UInt8]) -> [UInt8] {
    var length = ProtobufWriter()
    length.append(littleEndian: UInt64(message.count))
    var record = length
    record.append(littleEndian: CRC32C.masked(length.bytes))
    var tail = ProtobufWriter()
    tail.append(littleEndian: CRC32C.masked(message))
    return record.bytes + message + tail.bytes
  }

  private static func code(of error: any Error) -> Int32 {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return Int32(underlying?.code ?? Int(EIO))
  }
}
