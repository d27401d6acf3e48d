import Foundation

/// A port of this machine that nobody listens on.
public enum FreePort {
  /// All that were tried are taken.
  public struct None: Error {}

  /// A random one, below those that the system gives to whoever connects to somebody, who could take it on the way.
  public static func number() throws -> UInt16 {
    for _ in 0..<100 {
      let port = UInt16.random(in: 20000..<32000)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      let isFree = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      if isFree { return port }
    }
    throw None()
  }
}
