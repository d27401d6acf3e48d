import Foundation

/// Where the dashboard listens.
public struct ListenAddress: Sendable, Equatable {
  enum Family: Sendable, Equatable { case version4, version6 }

  /// The address in digits, such as `127.0.0.1` or `::1`.
  public let host: String
  /// The port; 0 for any that is free.
  public let port: Int
  let family: Family

  /// - Parameter host: an IPv4 or IPv6 address, or `localhost`.
  /// - Throws: ``DashboardError/notAnAddress(_:)`` and ``DashboardError/port(_:)``.
  public init(host: String, port: Int) throws(DashboardError) {
    guard (0...65_535).contains(port) else { throw .port(port) }
    self.port = port
    self.host = host == "localhost" ? "127.0.0.1" : host
    var version4 = in_addr()
    var version6 = in6_addr()
    if inet_pton(AF_INET, self.host, &version4) == 1 {
      family = .version4
    } else if inet_pton(AF_INET6, self.host, &version6) == 1 {
      family = .version6
    } else {
      throw .notAnAddress(host)
    }
  }

  /// Whether only this machine reaches it.
  public var isLoopback: Bool {
    family == .version4 ? host.hasPrefix("127.") : host == "::1"
  }

  /// The address as it is written before a port.
  public var name: String { family == .version6 ? "[\(host)]" : host }
}
