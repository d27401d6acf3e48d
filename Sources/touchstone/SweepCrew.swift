import ArgumentParser
import Audit
import Foundation
import Runs
import Torch

/// The processes that do the runs of a sweep: this one, which keeps the store, and those on other machines.
///
/// A run goes to whoever is free. When a process is gone, its runs go to another one. Runs come back as parcels, so
/// that no folder and no store need be shared between machines.
final class SweepCrew: @unchecked Sendable {
  private let group: ProcessGroup?
  private let store: RunStore
  private let isStopRequested: @Sendable () -> Bool
  private let lock = NSLock()
  /// The rank of every free place; that of the first process is 0.
  private var free: [Int]
  private var sent: [Int: Int] = [:]

  /// How many runs there can be at a time.
  let jobs: Int

  /// The crew of a sweep. Collective.
  init(
    _ group: ProcessGroup?, jobs: Int, store: RunStore,
    isStopRequested: @escaping @Sendable () -> Bool
  ) throws {
    (self.group, self.store, self.isStopRequested) = (group, store, isStopRequested)
    let places = try group?.gather("\(jobs)").map { Int($0) ?? 1 } ?? [jobs]
    free = places.enumerated().flatMap { rank, count in Array(repeating: rank, count: count) }
    self.jobs = free.count
  }

  /// Tells the others that there is nothing left to do.
  func dismiss() { try? group?.publish(Data(), as: SweepHelp.end) }

  /// Works on a run to its end, here or elsewhere.
  ///
  /// - Parameter local: works on it here.
  func launch(
    _ run: RunRecord, _ local: () async throws -> SweepRunner.Ending
  ) async throws -> SweepRunner.Ending {
    while true {
      guard let rank = take() else {
        try await Task.sleep(for: .milliseconds(100))
        continue
      }
      guard rank > 0, let group else {
        defer { give(rank) }
        return try await local()
      }
      if let ending = try await send(run, to: rank, of: group) {
        give(rank)
        return ending
      }
      // The process is gone, and its places with it.
    }
  }

  private func take() -> Int? {
    lock.withLock {
      free.removeAll { group?.isLost($0) ?? false }
      return free.isEmpty ? nil : free.removeFirst()
    }
  }

  private func give(_ rank: Int) { lock.withLock { free.append(rank) } }

  /// Sends a run to another process and waits for what it came to; `nil` when the process is gone.
  private func send(
    _ run: RunRecord, to rank: Int, of group: ProcessGroup
  ) async throws -> SweepRunner.Ending? {
    let number = lock.withLock {
      sent[rank, default: 0] += 1
      return sent[rank] ?? 0
    }
    let request = NewRun(again: run, version: Audit.version)
    try group.publish(try JSONEncoder().encode(request), as: SweepHelp.request(rank, number))
    let name = SweepHelp.answer(rank, number)
    while true {
      if let data = try group.published(name) {
        try group.forget(name)
        let answer = try PropertyListDecoder().decode(SweepHelp.Answer.self, from: data)
        try store.receive(answer.parcel, for: run, host: group.hosts[rank])
        return answer.ending
      }
      if group.isLost(rank) { return nil }
      // The others stop when they are dismissed.
      if isStopRequested() { return .exited(Exit.interrupted.rawValue) }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
