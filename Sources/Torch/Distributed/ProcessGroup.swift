import CTorch
import Foundation

/// The processes that do one job together, on one machine or on many, and which of them this one is.
///
/// All of them run the same program on the same settings and data, and call what is collective in the same order.
/// Sums go by Gloo, everything else through a store of keys and values (c10d's `TCPStore`). Nothing that they
/// compute depends on who is faster.
public final class ProcessGroup: @unchecked Sendable {
  /// The number of this process, from 0. The first one writes what there is to write.
  public let rank: Int
  /// How many processes there are.
  public let size: Int
  /// The machine of every process.
  public let hosts: [String]
  let store: KeyValueStore
  let heartbeat: Heartbeat
  let lock = NSLock()
  /// How many maps there were, and those whose results are not forgotten yet.
  var maps = 0
  var pending: [(number: Int, count: Int)] = []
  private let address: String
  private var collectives: OpaquePointer?
  private var rounds = 0

  /// Whether this process writes the files, the store of runs and what a person reads.
  public var isFirst: Bool { rank == 0 }

  /// Joins the others, and waits for them.
  ///
  /// - Parameters:
  ///   - place: where all meet.
  ///   - version: what must be the same in all processes for them to understand one another.
  /// - Throws: ``ProcessGroupError``: who did not come, or what is not the same.
  public init(joining place: Rendezvous, version: String) throws {
    rank = place.rank
    size = place.size
    let store = try Self.connection(place, serves: place.rank == 0 && !place.isServed)
    self.store = store
    guard try store.add("rank/\(rank)") == 1 else { throw ProcessGroupError.twice(rank: rank) }
    try store.set("version/\(rank)", version)
    try store.set("host/\(rank)", ProcessInfo.processInfo.hostName)
    try store.set("process/\(rank)", "\(getpid())")
    hosts = try Self.gathered("host", place, store)
    let places = zip(hosts, try Self.gathered("process", place, store)).map {
      "\($0), process \($1)"
    }
    address = try Self.address(for: place)
    heartbeat = Heartbeat(
      try Self.connection(place, serves: false), rank: rank, places: places, limit: place.silence)
    let versions = try Self.gathered("version", place, store)
    try store.set("met/\(rank)", "")
    do {
      try Self.compare(versions, about: "version of touchstone")
    } catch {
      // What everybody said goes with the first process: the others must have read it before.
      if isFirst {
        Self.wait(upTo: 3) { try (0..<place.size).allSatisfy { try store.has("met/\($0)") } }
      }
      throw error
    }
  }

  deinit {
    // What failed is not torn down: the others that this would wait for are gone.
    if let collectives, heartbeat.lost.isEmpty { ct_group_release(collectives) }
  }

  private static func connection(_ place: Rendezvous, serves: Bool) throws -> KeyValueStore {
    do {
      return try KeyValueStore(
        host: place.host, port: place.port, isServer: serves,
        prefix: "touchstone/\(place.attempt)/", seconds: place.patience)
    } catch {
      let reason = "\(error)".prefix(200)
      throw serves
        ? ProcessGroupError.port(place.port, reason: String(reason))
        : ProcessGroupError.unreachable(
          host: place.host, port: place.port, seconds: place.patience, reason: String(reason))
    }
  }

  private static func address(for place: Rendezvous) throws -> String {
    var text = [CChar](repeating: 0, count: 64)
    let message = ct_local_address(place.host, place.port, &text, text.count)
    if let error = TorchError(taking: message, in: "the address of \(place.host)") {
      throw ProcessGroupError.exchange(error.description)
    }
    return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  /// What every process says, once all have.
  private static func gathered(
    _ key: String, _ place: Rendezvous, _ store: KeyValueStore
  ) throws -> [String] {
    let end = ContinuousClock.now + .seconds(place.patience)
    var missing = Array(0..<place.size)
    while !missing.isEmpty {
      missing = try missing.filter { try !store.has("\(key)/\($0)") }
      if missing.isEmpty { break }
      guard ContinuousClock.now < end else {
        throw ProcessGroupError.missing(
          ranks: missing, size: place.size, seconds: place.patience)
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return try (0..<place.size).map { try store.text("\(key)/\($0)") }
  }

  private static func compare(_ values: [String], about what: String) throws {
    let others = values.indices.filter { values[$0] != values[0] }
    guard others.isEmpty else { throw ProcessGroupError.disagreement(about: what, ranks: others) }
  }

  // MARK: Agreement

  /// Checks that all processes have the same of something, such as a digest of settings or data.
  ///
  /// - Throws: ``ProcessGroupError/disagreement(about:ranks:)`` in all of them, naming those that differ from the
  ///   first.
  public func agree(on value: String, about what: String) throws {
    try Self.compare(try gather(value), about: what)
  }

  /// What every process gives, by rank. Collective.
  ///
  /// - Throws: ``ProcessGroupError`` when one is gone.
  public func gather(_ value: String) throws -> [String] {
    let round = nextRound()
    try store.set("gather/\(round)/\(rank)", value)
    return try (0..<size).map { other in
      try wait(for: "gather/\(round)/\(other)")
      return try store.text("gather/\(round)/\(other)")
    }
  }

  /// What the first process gives. Collective.
  ///
  /// - Parameter value: called in the first process alone.
  /// - Throws: what `value` throws in the first process, and ``ProcessGroupError`` in the others.
  public func fromFirst(_ value: () throws -> Data) throws -> Data {
    let key = "first/\(nextRound())"
    if isFirst {
      let data = try value()
      try store.set(key, data)
      return data
    }
    try wait(for: key)
    return try store.get(key)
  }

  /// Checks that the first process lives, and that none failed: what can be gone is a process that said nothing.
  func checkFirst() throws {
    let lost = heartbeat.lost
    if let loss = lost[0] { throw loss }
    for case let loss? in lost.values.map(Optional.some) {
      if case .failed = loss { throw loss }
    }
  }

  // MARK: Messages

  /// Lets all processes read something under a name that nothing else has.
  ///
  /// - Throws: ``ProcessGroupError`` when the first process is gone.
  public func publish(_ data: Data, as name: String) throws {
    try store.set("message/\(name)", data)
  }

  /// What was published under a name; `nil` where nothing was yet.
  ///
  /// - Throws: ``ProcessGroupError`` when the first process is gone.
  public func published(_ name: String) throws -> Data? {
    try checkFirst()
    return try store.has("message/\(name)") ? try store.get("message/\(name)") : nil
  }

  /// Forgets what was published under a name.
  public func forget(_ name: String) throws { try store.remove("message/\(name)") }

  /// Whether a process is gone.
  public func isLost(_ rank: Int) -> Bool { heartbeat.lost[rank] != nil }

  private func nextRound() -> Int {
    lock.withLock {
      rounds += 1
      return rounds
    }
  }

  /// Waits for a key while all processes live, or while the first one does.
  func wait(for key: String, tolerating: Bool = false) throws {
    var pause = 0.001
    while try !store.has(key) {
      if tolerating {
        try checkFirst()
      } else if let loss = heartbeat.verdict(within: 0) {
        throw loss
      }
      Thread.sleep(forTimeInterval: pause)
      pause = min(0.1, pause * 1.5)
    }
  }

  // MARK: Exchange

  /// The error with the process that is to blame for it, where one is.
  public func explained(_ error: any Error) -> any Error {
    if error is ProcessGroupError { return error }
    guard let error = error as? TorchError else { return error }
    return heartbeat.verdict(within: heartbeat.limit + 5)
      ?? ProcessGroupError.exchange(error.description)
  }

  /// What sums go through; made when it is first asked for. Collective then.
  func opened() throws -> OpaquePointer {
    if let collectives { return collectives }
    // Gloo itself waits for all, but cannot be told that one is gone.
    _ = try gather("ready")
    var result: OpaquePointer?
    let message = ct_group_open(
      store.opaque, "touchstone.gloo", address, Int32(rank), Int32(size), &result)
    if let error = TorchError(taking: message, in: "Gloo") { throw explained(error) }
    guard let result else { throw ProcessGroupError.exchange("libtorch made no group") }
    collectives = result
    let handle = Handle(value: result)
    heartbeat.whenLost { ct_group_give_up(handle.value) }
    return result
  }

  private struct Handle: @unchecked Sendable { let value: OpaquePointer }

  // MARK: Leaving

  /// Calls `body` when the first process has long been out of reach and this one cannot be told by an error, since
  /// it waits for an answer: time for the program to end itself.
  public func whenStalled(_ body: @escaping @Sendable (ProcessGroupError) -> Void) {
    heartbeat.whenStalled(body)
  }

  /// Says good-bye, once all have come here; whoever serves the store must stay until then.
  public func leave() {
    if heartbeat.lost.isEmpty { _ = try? gather("bye") }
    heartbeat.end(failure: nil)
    linger()
  }

  /// Tells the others why this process ends; nothing where it ends because of another, of which they know.
  public func fail(_ error: any Error) {
    heartbeat.end(failure: error.isOfAnother ? "" : error.sentence)
    linger()
  }

  /// Whoever serves the store waits until the others can have read what it holds.
  private func linger() {
    guard isFirst else { return }
    let others = (1..<size).filter { heartbeat.lost[$0] == nil }
    Self.wait(upTo: 3) { try others.allSatisfy { try store.has("left/\($0)") } }
  }

  /// Waits for something, but not for long, and not where the store fails.
  private static func wait(upTo seconds: Int, until isThere: () throws -> Bool) {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end, (try? isThere()) == false {
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}

extension Error {
  /// What was wrong and what to do, to be told in another process.
  var sentence: String {
    let known = self as? any LocalizedError
    return [known?.errorDescription ?? "\(self)", known?.recoverySuggestion]
      .compactMap { $0 }.joined(separator: "; ")
  }

  /// Whether another process is to blame.
  fileprivate var isOfAnother: Bool {
    switch self as? ProcessGroupError {
    case .lost, .failed, .disagreement: true
    default: false
    }
  }
}
