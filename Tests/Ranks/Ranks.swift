import Foundation
import Torch

/// Processes of a job as threads of one process: they meet and exchange as processes do.
public enum Ranks {
  /// What `body` returns or throws in each of several processes.
  ///
  /// - Parameter silence: seconds after which a process is taken for gone. Every second one says that it lives, on a
  ///   busy machine somewhat later.
  public static func run<Result: Sendable>(
    _ size: Int, silence: Double = 10, version: @escaping @Sendable (Int) -> String = { _ in "1" },
    _ body: @escaping @Sendable (ProcessGroup) throws -> Result
  ) throws -> [Swift.Result<Result, any Error>] {
    let port = try FreePort.number()
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
  public struct Vanished: Error {
    /// Nothing is said.
    public init() {}
  }
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
