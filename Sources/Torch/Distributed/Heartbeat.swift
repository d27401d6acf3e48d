import Foundation

/// Says every second that this process lives, and notes which others do not.
///
/// A process is gone when its beat has not moved for so many seconds of this process's own clock. That decides
/// who works and whether a job goes on, never what comes out.
final class Heartbeat: @unchecked Sendable {
  /// How long a process may be silent, in seconds.
  let limit: Double
  private let store: KeyValueStore
  private let rank: Int
  private let places: [String]
  private let condition = NSCondition()
  private var isEnded = false
  private var losses: [Int: ProcessGroupError] = [:]
  private var onLoss: (@Sendable () -> Void)?
  private var onStall: (@Sendable (ProcessGroupError) -> Void)?
  private var answered = ContinuousClock.now

  /// A heartbeat on a connection of its own.
  ///
  /// - Parameter places: where every process runs, for messages.
  init(_ store: KeyValueStore, rank: Int, places: [String], limit: Double) {
    (self.store, self.rank, self.places, self.limit) = (store, rank, places, limit)
    let thread = Thread { [self] in run() }
    thread.name = "touchstone.heartbeat"
    thread.start()
    let watch = Thread { [self] in watchAnswers() }
    watch.name = "touchstone.heartbeat.watch"
    watch.start()
  }

  /// The processes that are gone, and why.
  var lost: [Int: ProcessGroupError] { condition.withLock { losses } }

  /// Called once, when the first process is gone; at once when one is already.
  func whenLost(_ body: @escaping @Sendable () -> Void) {
    let isLate = condition.withLock {
      onLoss = body
      return !losses.isEmpty
    }
    if isLate { body() }
  }

  /// Called when the first process has not answered for a while, and this one still waits for it in a way that
  /// nothing can end: a connection that was cut says nothing for a quarter of an hour.
  func whenStalled(_ body: @escaping @Sendable (ProcessGroupError) -> Void) {
    condition.withLock { onStall = body }
  }

  /// Notices when the store itself does not answer, which the beating thread cannot while it waits.
  private func watchAnswers() {
    let gone = ProcessGroupError.lost(
      rank: 0, place: places[0], reason: "it does not answer any longer")
    while true {
      let (isOver, silence) = condition.withLock {
        if !isEnded { _ = condition.wait(until: Date(timeIntervalSinceNow: min(1, limit / 4))) }
        return (isEnded, (ContinuousClock.now - answered) / .seconds(1))
      }
      if isOver { return }
      if silence > limit { note(gone, of: 0) }
      guard silence > 2 * limit else { continue }
      condition.withLock { onStall }?(gone)
      return
    }
  }

  /// Waits until it is known who is gone, and says so; `nil` where all live.
  func verdict(within seconds: Double) -> ProcessGroupError? {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while losses.isEmpty, condition.wait(until: end) {}
    // Whoever said why comes before those that are gone because of it.
    let sorted = losses.sorted { $0.key < $1.key }.map(\.value)
    return sorted.first { if case .failed = $0 { true } else { false } } ?? sorted.first
  }

  /// Stops, without a word.
  func stop() {
    condition.withLock {
      isEnded = true
      condition.broadcast()
    }
  }

  /// Stops, with a word to the others.
  func end(failure: String?) {
    stop()
    // Nobody is there to be told.
    guard lost[0] == nil else { return }
    if let failure, !failure.isEmpty { try? store.set("failure/\(rank)", failure) }
    try? store.set("left/\(rank)", failure == nil ? "done" : "failed")
  }

  private func run() {
    var seen = places.map { _ in (beat: -1, at: ContinuousClock.now) }
    while !condition.withLock({ isEnded }) {
      do {
        try store.add("beat/\(rank)")
        for other in places.indices where other != rank && lost[other] == nil {
          try look(at: other, &seen[other])
        }
        condition.withLock { answered = .now }
      } catch {
        // Who serves the keys is gone, and everything with it.
        note(.lost(rank: 0, place: places[0], reason: "it does not answer any longer"), of: 0)
        return
      }
      condition.lock()
      if !isEnded { _ = condition.wait(until: Date(timeIntervalSinceNow: min(1, limit / 4))) }
      condition.unlock()
    }
  }

  private func look(at other: Int, _ seen: inout (beat: Int, at: ContinuousClock.Instant)) throws {
    let beat = try store.add("beat/\(other)", 0)
    if beat != seen.beat {
      seen = (beat, .now)
      if try !store.has("failure/\(other)") { return }
    }
    if try store.has("failure/\(other)") {
      note(.failed(rank: other, reason: try store.text("failure/\(other)")), of: other)
    } else if ContinuousClock.now - seen.at > .seconds(limit), try !store.has("left/\(other)") {
      note(
        .lost(
          rank: other, place: places[other],
          reason: "it has said nothing for \(Int(limit)) s"), of: other)
    }
  }

  private func note(_ error: ProcessGroupError, of rank: Int) {
    let body = condition.withLock {
      let isFirst = losses.isEmpty
      guard losses[rank] == nil else { return nil as (@Sendable () -> Void)? }
      losses[rank] = error
      condition.broadcast()
      return isFirst ? onLoss : nil
    }
    body?()
  }
}
