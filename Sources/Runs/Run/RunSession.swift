import Foundation
import Reports

/// One attempt at a run: the folder it works in, and what it tells the store while it works.
public final class RunSession: RunVoice, @unchecked Sendable {
  /// The folder for its files.
  public let folder: URL
  /// The run.
  public let record: RunRecord
  /// Whether somebody asked to stop; looked at between steps.
  public let isStopRequested: @Sendable () -> Bool
  private let voice: any RunVoice
  private let store: RunStore
  private let attempt: Int
  private let runLock: RunLock
  private let started = ContinuousClock.now
  private let events: TensorBoardEvents?
  private let lock = NSLock()
  private var waiting: [RunStore.Point] = []
  private var flushed = ContinuousClock.now

  /// Begins an attempt: takes the run's lock and notes it in the store.
  ///
  /// - Parameter tensorBoard: the folder that TensorBoard's event files go to, where they are wanted.
  /// - Throws: ``StoreError/busyRun(_:)`` when another process works on the run, and why folder, store
  ///   or event file cannot be written.
  public init(
    _ record: RunRecord, in store: RunStore, environment: RunEnvironment,
    tensorBoard: String? = nil, isStopRequested: @escaping @Sendable () -> Bool = { false },
    voice: any RunVoice = SilentVoice()
  ) throws {
    folder = URL(filePath: record.folder)
    try ReportFolder(folder.path).check()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let runLock = RunLock(in: folder) else { throw StoreError.busyRun(record.id) }
    self.runLock = runLock
    self.record = record
    self.store = store
    self.isStopRequested = isStopRequested
    self.voice = voice
    events = try tensorBoard.map { try TensorBoardEvents(folder: $0) }
    attempt = try store.begin(record, environment: environment)
  }

  /// Tells a person what happens.
  public func say(_ text: String) { voice.say(text) }

  /// Tells a person how far the work is.
  public func update(_ done: Int, of total: Int, _ text: @autoclosure () -> String) {
    voice.update(done, of: total, text())
  }

  /// Runs to an end, whichever, and notes it in the store.
  ///
  /// - Returns: what `body` returns; `nil` also where it throws `CancellationError`.
  /// - Throws: what else `body` throws, after it was noted.
  public func perform(_ body: (RunSession) throws -> RunResult?) throws -> RunResult? {
    do {
      let result = try body(self)
      try events?.close()
      try end(result == nil ? .interrupted : .finished, result)
      return result
    } catch is CancellationError {
      try end(.interrupted, nil)
      return nil
    } catch {
      let reason = (error as? any LocalizedError)?.errorDescription ?? "\(error)"
      // The first error is the one to be told, also when the store cannot take it (a full disk).
      try? end(.failed, nil, reason)
      throw error
    }
  }

  /// How long the run worked so far, earlier attempts included, in seconds.
  public var seconds: Double {
    (record.seconds ?? 0) + (ContinuousClock.now - started) / .seconds(1)
  }

  private func end(
    _ status: RunRecord.Status, _ result: RunResult?, _ message: String? = nil
  ) throws {
    if status != .finished { try flush() }
    let artefacts = try result?.files.map { try RunArtefact($0, in: folder) } ?? []
    try store.end(
      record, attempt: attempt, status: status, message: message,
      seconds: (ContinuousClock.now - started) / .seconds(1), result: result,
      artefacts: artefacts)
  }

  // MARK: Values over time

  /// Notes values at a step, in the event file at once and in the store once a second.
  ///
  /// - Parameter isStored: whether the store keeps them; it need not have every step.
  public func log(
    step: Int, _ values: [(name: String, value: Double)], isStored: Bool
  ) throws {
    try events?.scalars(values.map { (tag: $0.name, value: $0.value) }, step: step)
    guard isStored else { return }
    let isDue = lock.withLock {
      waiting += values.map { .init($0.name, step: step, value: $0.value) }
      return ContinuousClock.now - flushed > .seconds(1)
    }
    if isDue { try flush() }
  }

  /// Says that the steps from one on are about to be done, perhaps again.
  public func restart(at step: Int) throws { try events?.restart(at: step) }

  /// Replaces all values over time by the complete ones, at the end of a run.
  ///
  /// What a killed attempt had not written yet is in the run's own log, which is the truth.
  public func replaceSeries(_ points: [RunStore.Point]) throws {
    lock.withLock { waiting = [] }
    try store.write(points, of: record, replacing: true)
  }

  private func flush() throws {
    let points = lock.withLock {
      defer { waiting = [] }
      flushed = .now
      return waiting
    }
    try store.write(points, of: record)
  }
}

/// Who tells a person what a run does.
public protocol RunVoice: Sendable {
  /// Says something that stays.
  func say(_ text: String)
  /// Shows how far the work is.
  func update(_ done: Int, of total: Int, _ text: @autoclosure () -> String)
}

/// Says nothing.
public struct SilentVoice: RunVoice {
  /// The voice.
  public init() {}
  /// Says nothing.
  public func say(_ text: String) {}
  /// Shows nothing.
  public func update(_ done: Int, of total: Int, _ text: @autoclosure () -> String) {}
}
