import Foundation
import Ranks
import Testing

@testable import Torch

@Suite("Several processes", .serialized) struct ProcessGroupTests {
  /// Few numbers and many are exchanged in different ways.
  @Test(
    "sums are the same bits everywhere, in any number of processes", arguments: [2, 3, 4],
    [1, 1001, 10007])
  func sums(_ size: Int, count: Int) throws {
    let sums = try Ranks.run(size) { group in
      let own = Tensor((0..<count).map { Float($0) / 7 * Float(group.rank + 1) })
      return try group.sum(own).values(as: Float.self)
    }.map { try $0.get() }
    for sum in sums { #expect(sum == sums[0]) }
    let factor = Float(size * (size + 1) / 2)
    for (index, value) in sums[0].enumerated() {
      let expected = Float(index) / 7 * factor
      #expect(abs(value - expected) <= 1e-6 * expected + 1e-6)
    }
  }

  @Test("the gradient of a sum over processes is the sum of gradients, twice as well")
  func gradientOfSum() throws {
    // L_r = w_r y², y = Σ x_r: the sum over processes has dL/dx = 2 y Σ w, and d²L/dx² = 2 Σ w in all.
    let found = try Ranks.run(3) { group -> [Double] in
      let x = Tensor([Double(group.rank + 1)]).variable()
      let y = group.summed(x)
      let loss = (y * y * Double(group.rank + 2)).sum()
      let first = gradient(of: loss, withRespectTo: x, createGraph: true)
      let second = gradient(of: first.sum(), withRespectTo: x)
      return [y.item, first.item, second.item]
    }.map { try $0.get() }
    for values in found {
      #expect(values[0] == 6)
      #expect(values[1] == 2 * 6 * 9)
      // Every process differentiates its own first gradient, and these are summed: three times 2 Σ w.
      #expect(values[2] == 3 * 2 * 9)
    }
  }

  @Test("what differs is refused in all processes, with the ranks that differ")
  func disagreement() throws {
    let outcomes = try Ranks.run(3) { group in
      try group.agree(on: "same", about: "recipe")
      try group.agree(on: group.rank == 2 ? "other" : "same", about: "data")
    }
    for outcome in outcomes {
      #expect(throws: ProcessGroupError.disagreement(about: "data", ranks: [2])) {
        try outcome.get()
      }
    }
    let versions = try Ranks.run(2, version: { "\($0)" }) { _ in }
    for outcome in versions {
      #expect(throws: ProcessGroupError.disagreement(about: "version of touchstone", ranks: [1])) {
        try outcome.get()
      }
    }
  }

  @Test("a process that fails tells the others why")
  func failure() throws {
    struct Trouble: LocalizedError { var errorDescription: String? { "the disk is full" } }
    let outcomes = try Ranks.run(3) { group in
      if group.rank == 1 { throw Trouble() }
      do {
        _ = try group.sum(Tensor([1.0]))
      } catch { throw group.explained(error) }
    }
    #expect(throws: Trouble.self) { try outcomes[1].get() }
    for rank in [0, 2] {
      #expect(throws: ProcessGroupError.failed(rank: 1, reason: "the disk is full")) {
        try outcomes[rank].get()
      }
    }
  }

  @Test("a process that is gone without a word is named")
  func loss() throws {
    let outcomes = try Ranks.run(3, silence: 6) { group in
      _ = try group.sum(Tensor([1.0]))
      if group.rank == 2 {
        group.heartbeat.stop()
        throw Ranks.Vanished()
      }
      _ = try group.sum(Tensor([1.0]))
    }
    for rank in [0, 1] {
      let error = try #require(throws: ProcessGroupError.self) { try outcomes[rank].get() }
      guard case .lost(rank: 2, let place, _) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(place.contains("process \(getpid())"))
    }
  }

  @Test("who does not come is named")
  func missing() throws {
    var place = Rendezvous(rank: 0, size: 3, host: "127.0.0.1", port: try FreePort.number())
    place.patience = 0.5
    #expect(throws: ProcessGroupError.missing(ranks: [1, 2], size: 3, seconds: 0.5)) {
      _ = try ProcessGroup(joining: place, version: "1")
    }
  }

  @Test("a meeting place that never answers is told, and a port that is taken")
  func unreachable() throws {
    let port = try FreePort.number()
    var place = Rendezvous(rank: 1, size: 2, host: "127.0.0.1", port: port)
    place.patience = 0.5
    let error = try #require(throws: ProcessGroupError.self) {
      _ = try ProcessGroup(joining: place, version: "1")
    }
    guard case .unreachable(host: "127.0.0.1", port: port, seconds: 0.5, _) = error else {
      Issue.record("\(error)")
      return
    }
    let taken = try KeyValueStore(
      host: "127.0.0.1", port: 0, isServer: true, prefix: "", seconds: 5)
    place = Rendezvous(rank: 0, size: 2, host: "127.0.0.1", port: taken.port)
    let other = try #require(throws: ProcessGroupError.self) {
      _ = try ProcessGroup(joining: place, version: "1")
    }
    guard case .port(taken.port, _) = other else {
      Issue.record("\(other)")
      return
    }
  }
}
