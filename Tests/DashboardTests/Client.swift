import Foundation

/// A connection to a server on this machine, as plain as a hostile client's.
final class Client {
  private let descriptor: Int32

  struct Failure: Error { let number: Int32 }

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 60, tv_usec: 0)
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

  private var received: [UInt8] = []

  /// Waits until a text comes or the connection ends.
  ///
  /// - Returns: everything up to its end, which is not returned again; nil when it did not come.
  func receive(upTo text: String) -> String? {
    repeat {
      let all = String(decoding: received, as: UTF8.self)
      if let range = all.range(of: text) {
        received = Array(all[range.upperBound...].utf8)
        return String(all[..<range.upperBound])
      }
    } while receiveMore()
    return nil
  }

  /// Everything until the connection ends.
  func receiveAll() -> String {
    while receiveMore() {}
    return String(decoding: received, as: UTF8.self)
  }

  private func receiveMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    received += buffer[..<count]
    return true
  }

  /// One request and its whole answer.
  static func exchange(_ request: String, port: Int) throws -> String {
    let client = try Client(port: port)
    client.send(request)
    return client.receiveAll()
  }
}
