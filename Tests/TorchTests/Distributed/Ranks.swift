import Foundation
import Testing

@testable import Torch

/// Processes of a job as threads of one process: they meet and exchange as processes do.
enum Ranks {
  /// A port that was free a moment ago.
  static func freePort() throws -> UInt16 {
    // Below the ports that the system gives to whoever connects to somebody, who could take it on the way.
    for _ in 0..<100 {
      let port = UInt16.random(in: 20000..<32000)
      let server = try? KeyValueStore(
        host: "127.0.0.1", port: port, isServer: true, prefix: "", seconds: 5)
      if server != nil { return port }
    }
    throw ProcessGroupError.port(0, reason: "no port is free")
  }

  /// What `body` returns or throws in each of several processes.
  static func run<Result: Sendable>(
    _ size: Int, silence: Double = 10, version: @escaping @Sendable (Int) -> String = { _ in "1" },
    _ body: @escaping @Sendable (ProcessGroup) throws -> Result
  ) throws -> [Swift.Result<Result, any Error>] {
    let port = try freePort()
    let outcomes = Outcomes<Result>(size)
    let threads = DispatchGroup()
    for rank in 0..<size {
      threads.enter()
      let thread = Thread {
        var place = Rendezvous(rank: rank, size: size, host: "127.0.0.1", port: port)
        place.patience = 20
        place.silence = silence
        outcomes.set(
          rank,
          Swift.Result {
            let group = try ProcessGroup(joining: place, version: version(rank))
            do {
              let result = try body(group)
              group.leave()
              return result
            } catch {
              if !(error is Vanished) { group.fail(error) }
              throw error
            }
          })
        threads.leave()
      }
      thread.stackSize = 16 << 20
      thread.start()
    }
    threads.wait()
    return outcomes.all
  }

  /// A process that ends without a word.
  struct Vanished: Error {}
}

private final class Outcomes<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Result<Value, any Error>?]

  init(_ count: Int) { values = Array(repeating: nil, count: count) }

  func set(_ index: Int, _ value: Result<Value, any Error>) {
    lock.withLock { values[index] = value }
  }

  var all: [Result<Value, any Error>] { lock.withLock { values.compactMap { $0 } } }
}
