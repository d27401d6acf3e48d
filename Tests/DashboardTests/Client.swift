import Foundation

/// A connection to a server on this machine, as plain as a hostile client's.
final class Client: @unchecked Sendable {
  private let descriptor: Int32

  struct Failure: Error { let number: Int32 }

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(number: errno) }
  }

  deinit { close(descriptor) }

  /// Sends bytes; returns whether the other side took them all.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  private var received = ""

  /// Waits, away from the threads of tasks, until a text comes or the connection ends.
  ///
  /// - Returns: everything up to its end, which is not returned again; nil when it did not come.
  func receive(upTo text: String) async -> String? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: self.wait(for: text)) }
    }
  }

  /// Everything until the connection ends.
  func receiveAll() async -> String {
    _ = await receive(upTo: "\u{0}")
    return received
  }

  private func wait(for text: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let range = received.range(of: text) {
        defer { received = String(received[range.upperBound...]) }
        return String(received[..<range.upperBound])
      }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      received += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  /// One request and its whole answer.
  static func exchange(_ request: String, port: Int) async throws -> String {
    let client = try Client(port: port)
    client.send(request)
    return await client.receiveAll()
  }
}
