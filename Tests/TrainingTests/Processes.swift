import Foundation
import Torch

/// Processes of a job as threads of one process.
enum Processes {
  /// What `body` comes to in each of several processes.
  ///
  /// - Throws: what it throws in the one with the lowest rank.
  static func run<Value>(
    _ size: Int, _ body: @escaping @Sendable (ProcessGroup) throws -> Value
  ) throws -> [Value] {
    let port = try freePort()
    let results = Results<Value>()
    let threads = DispatchGroup()
    for rank in 0..<size {
      threads.enter()
      let thread = Thread {
        let place = Rendezvous(rank: rank, size: size, host: "127.0.0.1", port: port)
        results[rank] = Result {
          let group = try ProcessGroup(joining: place, version: "1")
          do {
            let value = try body(group)
            group.leave()
            return value
          } catch {
            group.fail(error)
            throw error
          }
        }
        threads.leave()
      }
      thread.stackSize = 16 << 20
      thread.start()
    }
    threads.wait()
    return try (0..<size).compactMap { try results[$0]?.get() }
  }

  /// A port that nothing listens on, below those that the system gives to whoever connects to somebody, who could
  /// take it on the way.
  private static func freePort() throws -> UInt16 {
    for _ in 0..<100 {
      let port = UInt16.random(in: 20000..<32000)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      let isFree = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      if isFree { return port }
    }
    throw CocoaError(.fileReadUnknown)
  }
}

private final class Results<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int: Result<Value, any Error>] = [:]

  subscript(rank: Int) -> Result<Value, any Error>? {
    get { lock.withLock { values[rank] } }
    set { lock.withLock { values[rank] = newValue } }
  }
}
