import Foundation

extension Context {
  /// Applies `body` to `0..<count` on all workers of all processes, and returns the results in order, the same in
  /// each process.
  ///
  /// Processes take index after index, whoever is free. What a process took that is gone then is taken by another,
  /// as long as the one lives that serves the meeting place. Collective: to be called by the thread that drives the
  /// work, in the same order everywhere.
  ///
  /// - Parameters:
  ///   - known: what is known already, such as from an earlier run; asked in the first process alone.
  ///   - arrived: told in the first process what others found.
  /// - Throws: the error of the lowest index that failed, as ``ProcessGroupError/failed(rank:reason:)`` where that was
  ///   in another process.
  public func map<Result: Codable & Sendable>(
    _ count: Int, known: (@Sendable (Int) throws -> Result?)? = nil,
    arrived: ((Int, Result) throws -> Void)? = nil,
    _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    guard let group else {
      return try pool.map(count) { index in try known?(index) ?? body(index) }
    }
    return try SharedMap(group, count, pool: pool, body).results(known: known, arrived: arrived)
  }
}

/// One call of ``Context/map(_:known:arrived:_:)`` in one of several processes.
private final class SharedMap<Result: Codable & Sendable>: @unchecked Sendable {
  private let group: ProcessGroup
  private let store: KeyValueStore
  private let count: Int
  private let pool: WorkerPool
  private let body: @Sendable (Int) throws -> Result
  private let prefix: String
  private let number: Int
  private let lock = NSLock()
  private var own: [Int: Result] = [:]

  /// What is sent for an index: a result, or why there is none.
  private enum Message: Codable {
    case result(Result)
    case failure(rank: Int, reason: String)
  }

  init(
    _ group: ProcessGroup, _ count: Int, pool: WorkerPool,
    _ body: @escaping @Sendable (Int) throws -> Result
  ) {
    (self.group, self.count, self.pool, self.body) = (group, count, pool, body)
    store = group.store
    number = group.lock.withLock {
      group.maps += 1
      return group.maps
    }
    prefix = "map/\(number)/"
  }

  func results(
    known: (@Sendable (Int) throws -> Result?)?, arrived: ((Int, Result) throws -> Void)?
  ) throws -> [Result] {
    if group.isFirst {
      for index in 0..<count {
        if let result = try known?(index) { try send(.result(result), of: index, own: result) }
      }
      try store.set(prefix + "open", "yes")
    } else {
      try group.wait(for: prefix + "open", tolerating: true)
    }
    _ = try pool.map(pool.count) { _ in try self.work() }
    var results: [Int: Result] = own
    var open = (0..<count).filter { results[$0] == nil }
    while !open.isEmpty {
      try group.checkFirst()
      for index in open where try store.has("\(prefix)result/\(index)") {
        let result = try receive(index)
        results[index] = result
        if group.isFirst { try arrived?(index, result) }
      }
      open = open.filter { results[$0] == nil }
      guard !open.isEmpty else { break }
      if try !takeOver(open) { Thread.sleep(forTimeInterval: 0.02) }
      for (index, result) in lock.withLock({ own }) { results[index] = result }
      open = open.filter { results[$0] == nil }
    }
    try clear()
    return try (0..<count).map { index in
      guard let result = results[index] else {
        throw ProcessGroupError.exchange("a part is missing")
      }
      return result
    }
  }

  /// Takes index after index.
  private func work() throws {
    while true {
      let index = try store.add(prefix + "next") - 1
      guard index < count else { return }
      if try store.has("\(prefix)result/\(index)") { continue }
      try store.set("\(prefix)owner/\(index)", "\(group.rank)")
      try compute(index)
    }
  }

  private func compute(_ index: Int) throws {
    do {
      let result = try body(index)
      try send(.result(result), of: index, own: result)
    } catch let error as ProcessGroupError {
      throw error
    } catch {
      try send(.failure(rank: group.rank, reason: error.sentence), of: index, own: nil)
      throw error
    }
  }

  /// Does what processes had taken that are gone; false where there is nothing of that.
  private func takeOver(_ open: [Int]) throws -> Bool {
    let lost = Set(group.heartbeat.lost.keys)
    guard !lost.isEmpty else { return false }
    let orphans = try open.filter { index in
      let key = "\(prefix)owner/\(index)"
      // Who took it may have gone before it could say so.
      guard try store.has(key) else { return true }
      return lost.contains(Int(try store.text(key)) ?? -1)
    }
    // One process takes each; when that is gone too, the next number of losses asks again.
    let taken = try orphans.filter {
      try store.add("\(prefix)again/\($0)/\(lost.count)") == 1
    }
    for index in taken { try store.set("\(prefix)owner/\(index)", "\(group.rank)") }
    _ = try pool.map(taken.count) { try self.compute(taken[$0]) }
    return !taken.isEmpty
  }

  private func send(_ message: Message, of index: Int, own result: Result?) throws {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    try store.set("\(prefix)result/\(index)", try encoder.encode(message))
    if let result { lock.withLock { own[index] = result } }
  }

  private func receive(_ index: Int) throws -> Result {
    let data = try store.get("\(prefix)result/\(index)")
    switch try PropertyListDecoder().decode(Message.self, from: data) {
    case .result(let result): return result
    case .failure(let rank, let reason):
      throw ProcessGroupError.failed(rank: rank, reason: reason)
    }
  }

  /// Forgets the results of calls that everybody is done with.
  private func clear() throws {
    try store.add(prefix + "done")
    guard group.isFirst else { return }
    group.pending.append((number, count))
    let living = group.size - group.heartbeat.lost.count
    while let (number, count) = group.pending.first,
      try store.add("map/\(number)/done", 0) >= living
    {
      for index in 0..<count { try store.remove("map/\(number)/result/\(index)") }
      group.pending.removeFirst()
    }
  }
}
