import Foundation
import Ranks
import Testing

@testable import Torch

@Suite("Work that processes share", .serialized) struct SharedMapTests {
  private struct Trouble: LocalizedError { var errorDescription: String? { "7 is no prime" } }

  @Test("results are those of one process, in order, in every process")
  func results() throws {
    let found = try Ranks.run(3) { group in
      let context = Context(workers: 2, group: group)
      let first = try context.map(20) { index in [Double(index) / 3, .nan] }
      let second = try context.map(5) { $0 * $0 }
      #expect(try context.map(0) { $0 }.isEmpty)
      return (first.map { $0[0] }, second)
    }.map { try $0.get() }
    for (first, second) in found {
      #expect(first == (0..<20).map { Double($0) / 3 })
      #expect(second == [0, 1, 4, 9, 16])
    }
  }

  @Test("every index is computed once, and what is known is not computed")
  func once() throws {
    let counted = Counter()
    let byOthers = Counter()
    let arrived = Counter()
    _ = try Ranks.run(3) { group in
      let context = Context(workers: 2, group: group)
      return try context.map(
        30, known: { $0 < 10 ? $0 : nil }, arrived: { index, _ in arrived.add(index) }
      ) { index -> Int in
        counted.add(index)
        if !group.isFirst { byOthers.add(index) }
        // However busy the machine is, another does something, too.
        while group.isFirst, byOthers.all.isEmpty { Thread.sleep(forTimeInterval: 0.001) }
        return index
      }
    }.map { try $0.get() }
    #expect(counted.all.sorted() == Array(10..<30))
    // The first process, which keeps the journal, is told of what others did.
    #expect(!arrived.all.isEmpty && Set(arrived.all).isSubset(of: counted.all))
  }

  @Test("an error ends the work of all, and says what and where")
  func errors() throws {
    let outcomes = try Ranks.run(2) { group in
      try Context(workers: 1, group: group).map(10) { index -> Int in
        Thread.sleep(forTimeInterval: 0.02)
        if index == 7 { throw Trouble() }
        return index
      }
    }
    let messages = outcomes.compactMap { outcome -> String? in
      if case .failure(let error) = outcome { error.localizedDescription } else { nil }
    }
    #expect(messages.count == 2 && messages.allSatisfy { $0.contains("7 is no prime") })
  }

  @Test("what a process had taken that is gone is done by another")
  func takenOver() throws {
    let outcomes = try Ranks.run(3, silence: 6) { group in
      if group.rank == 2 {
        // Takes three parts, one of them without having said so.
        for _ in 0..<2 {
          let index = try group.store.add("map/1/next") - 1
          try group.store.set("map/1/owner/\(index)", "2")
        }
        try group.store.add("map/1/next")
        group.heartbeat.stop()
        throw Ranks.Vanished()
      }
      Thread.sleep(forTimeInterval: 0.3)
      let context = Context(workers: 2, group: group)
      let first = try context.map(12) { $0 + 1 }
      return first + (try context.map(4) { $0 })
    }
    for rank in [0, 1] {
      #expect(try outcomes[rank].get() == Array(1...12) + Array(0..<4))
    }
  }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int] = []
  func add(_ value: Int) { lock.withLock { values.append(value) } }
  var all: [Int] { lock.withLock { values } }
}
