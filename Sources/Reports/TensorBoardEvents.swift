import Foundation
import Synchronization

/// An event file of TensorBoard: values over time, texts and hyper-parameters of a run.
///
/// The format is TFRecord around `tensorflow.Event` messages (tensorflow/core/util/event.proto). Every
/// call writes at once and whole, from any thread: a kill loses nothing but the record it cuts, which
/// TensorBoard skips.
public final class TensorBoardEvents: Sendable {
  /// The time of day in seconds since 1970.
  public static let clock: @Sendable () -> Double = { Date().timeIntervalSince1970 }

  /// The name of this machine, without asking the network for it.
  public static let hostname: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  private static let files = Atomic<Int>(0)
  private let file: RecordFile
  private let wallTime: @Sendable () -> Double

  /// Begins a file in a folder, which is made when it is not there.
  ///
  /// The file is called `events.out.tfevents.SECONDS.HOST.PROCESS.COUNTER`; TensorBoard reads the files
  /// of a folder, which is a run, in the order of their names.
  ///
  /// - Parameters:
  ///   - folder: the run's folder.
  ///   - hostname: the part of the file's name that says where it was written; `/` becomes `-`.
  ///   - wallTime: the time in seconds since 1970, which TensorBoard shows; it decides no result.
  /// - Throws: `WriteError`; then a folder that was made is removed again.
  public init(
    folder: String, hostname: String = TensorBoardEvents.hostname,
    wallTime: @escaping @Sendable () -> Double = TensorBoardEvents.clock
  ) throws(WriteError) {
    self.wallTime = wallTime
    let host = String(hostname.map { $0 == "/" || $0 == "\0" ? "-" : $0 })
    let number = Self.files.add(1, ordering: .relaxed).oldValue
    let seconds = String(format: "%010d", Int(exactly: wallTime().rounded(.down)) ?? 0)
    let name = "events.out.tfevents.\(seconds).\(host).\(getpid()).\(number)"
    let path = URL(filePath: folder).appending(path: name).path
    let created = try ReportFolder(folder).create()
    do {
      file = try RecordFile(path: path)
      try write([event(step: 0) { $0.string(3, "brain.Event:2") }])
    } catch {
      unlink(path)
      ReportFolder.remove(created)
      throw error
    }
  }

  /// Writes a value at a step; see ``scalars(_:step:)``.
  ///
  /// - Throws: `WriteError`.
  public func scalar(_ tag: String, _ value: Double, step: Int) throws(WriteError) {
    try scalars([(tag, value)], step: step)
  }

  /// Writes values at a step, in one event.
  ///
  /// They are `simple_value` fields, which every version of TensorBoard reads: single precision, so
  /// what is larger than 3.4e38 becomes infinite. NaN and infinities are kept.
  ///
  /// - Parameters:
  ///   - values: the values by tag; `/` in a tag groups charts. Nothing is written without values.
  ///   - step: how far the run is, usually in optimiser steps.
  /// - Throws: `WriteError`; then none of the values is in the file.
  public func scalars(
    _ values: [(tag: String, value: Double)], step: Int
  ) throws(WriteError) {
    guard !values.isEmpty else { return }
    try write([
      summary(step: step) { summary in
        for (tag, value) in values {
          summary.message(1) {
            $0.string(1, tag)
            $0.float(2, Float(value))
          }
        }
      }
    ])
  }

  /// Writes a text that TensorBoard's text page shows as Markdown.
  ///
  /// - Throws: `WriteError`.
  public func text(_ tag: String, _ markdown: String, step: Int) throws(WriteError) {
    try write([
      summary(step: step) { summary in
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
    ])
  }

  /// Says that a run goes on from a step: TensorBoard drops what a killed attempt wrote from there on,
  /// in this file and in earlier ones of the folder.
  ///
  /// - Throws: `WriteError`.
  public func restart(at step: Int) throws(WriteError) {
    let start = event(step: step) { $0.message(7) { $0.varint(1, 1) } }
    // TensorBoard takes the first start that it sees in a run for its beginning and drops nothing; a
    // killed attempt may not have written any.
    try write([start, start])
  }

  /// Ends the file; a second call does nothing, and writing after it is an error.
  ///
  /// - Throws: `WriteError` when what was written cannot be made last.
  public func close() throws(WriteError) { try file.close() }

  // MARK: Events

  func write(_ events: [[UInt8]]) throws(WriteError) { try file.append(events) }

  func summary(step: Int, _ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
    event(step: step) { $0.message(5, body) }
  }

  var now: Double { wallTime() }

  private func event(step: Int, _ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
    var event = ProtobufWriter()
    event.double(1, now)
    if step != 0 { event.varint(2, Int64(step)) }
    body(&event)
    return event.bytes
  }
}
