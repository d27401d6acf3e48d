import Foundation

/// Why the dashboard cannot be served.
public enum DashboardError: LocalizedError, Equatable, Sendable {
  /// Another process listens there.
  case portInUse(host: String, port: Int)
  /// The system does not let this user listen there.
  case denied(host: String, port: Int)
  /// The machine has no such address.
  case noSuchAddress(host: String)
  /// Neither an IPv4 nor an IPv6 address.
  case notAnAddress(String)
  /// No port.
  case port(Int)
  /// The system refuses for another reason.
  case refused(host: String, port: Int, reason: String)
  /// Other machines can reach the address, and there is no token.
  case tokenNeeded(host: String)
  /// A token that is none.
  case token(reason: String)
  /// The program was built without the trait `Dashboard`.
  case notBuilt

  /// What was wrong.
  public var errorDescription: String? {
    switch self {
    case .portInUse(let host, let port): "another process listens on port \(port) of \(host)"
    case .denied(let host, let port): "port \(port) of \(host) may not be listened on"
    case .noSuchAddress(let host): "this machine has no address \(host)"
    case .notAnAddress(let host): "'\(host)' is neither an IPv4 nor an IPv6 address"
    case .port(let port): "there is no port \(port)"
    case .refused(let host, let port, let reason):
      "port \(port) of \(host) cannot be listened on (\(reason))"
    case .tokenNeeded(let host): "other machines can reach \(host), and there is no token"
    case .token(let reason): "the token cannot be used: \(reason)"
    case .notBuilt: "this touchstone was built without its dashboard"
    }
  }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .portInUse: "stop it, or give another port with --port; 0 takes any that is free"
    case .denied: "give a port above 1023 with --port"
    case .noSuchAddress: "give an address of this machine with --host, or 0.0.0.0 for all"
    case .notAnAddress: "give an address such as 127.0.0.1, 0.0.0.0 or ::1 with --host"
    case .port: "give a number from 0 to 65535 with --port"
    case .refused: "check --host and --port"
    case .tokenNeeded: "give one, or let one be made"
    case .token: "leave it out, and one is made"
    case .notBuilt: "build it without --disable-default-traits, or with --traits Dashboard"
    }
  }
}
