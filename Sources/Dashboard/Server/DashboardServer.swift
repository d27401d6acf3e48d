#if Dashboard
  import FlyingSocks
  import Foundation

  /// Serves a dashboard over HTTP until its task is cancelled.
  ///
  /// Every connection is one request: who sends too much, too slowly or nothing at all, holds one of a
  /// bounded number of connections for a bounded time.
  public final class DashboardServer: Sendable {
    /// How many connections there may be at once.
    static let mostConnections = 128
    /// How many of them may watch runs.
    static let mostWatchers = 32

    /// Where it listens, with the port that was free.
    public let address: ListenAddress
    private let socket: Socket
    private let dashboard: Dashboard
    private let access: AccessPolicy
    private let seats = Seats(mostConnections)
    private let watchers = Seats(mostWatchers)
    private let patience: Duration
    private let clock: any Clock<Duration>

    /// Begins to listen.
    ///
    /// - Parameter token: what opens the dashboard; needed where other machines reach the address.
    /// - Throws: ``DashboardError``.
    public convenience init(
      _ dashboard: Dashboard, at address: ListenAddress, token: AccessToken? = nil
    ) throws(DashboardError) {
      try self.init(
        dashboard, at: address, token: token, patience: .seconds(10), clock: ContinuousClock())
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - patience: how long a request may take to come.
    ///   - clock: what wakes the server.
    init(
      _ dashboard: Dashboard, at address: ListenAddress, token: AccessToken?, patience: Duration,
      clock: any Clock<Duration>
    ) throws(DashboardError) {
      guard address.isLoopback || token != nil else { throw .tokenNeeded(host: address.host) }
      do {
        socket = try Self.listen(at: address)
      } catch {
        throw Self.translated(error, at: address)
      }
      let port =
        switch try? socket.sockname() {
        case .ip4(_, let port), .ip6(_, let port): Int(port)
        default: address.port
        }
      self.address = try ListenAddress(host: address.host, port: port)
      self.dashboard = dashboard
      self.patience = patience
      self.clock = clock
      access = AccessPolicy(token: token, isLoopback: address.isLoopback, port: port)
    }

    deinit { try? socket.close() }

    private static func listen(at address: ListenAddress) throws -> Socket {
      let port = UInt16(clamping: address.port)
      switch address.family {
      case .version4: return try listen(at: sockaddr_in.inet(ip4: address.host, port: port))
      case .version6: return try listen(at: sockaddr_in6.inet6(ip6: address.host, port: port))
      }
    }

    private static func listen(at place: some SocketAddress) throws -> Socket {
      let socket = try Socket(domain: Int32(type(of: place).family), type: .stream)
      do {
        try socket.setValue(true, for: .localAddressReuse)
        try socket.bind(to: place)
      } catch {
        try? socket.close()
        throw error
      }
      try socket.listen()
      return socket
    }

    private static func translated(
      _ error: any Error, at address: ListenAddress
    ) -> DashboardError {
      guard case SocketError.failed(_, let number, let message) = error else {
        return .refused(host: address.host, port: address.port, reason: "\(error)")
      }
      return switch number {
      case EADDRINUSE: .portInUse(host: address.host, port: address.port)
      case EACCES, EPERM: .denied(host: address.host, port: address.port)
      case EADDRNOTAVAIL: .noSuchAddress(host: address.host)
      default: .refused(host: address.host, port: address.port, reason: message)
      }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: why the system gives no sockets.
    public func run() async throws {
      let pool = SocketPool.make()
      try await pool.prepare()
      let listener = try AsyncSocket(socket: socket, pool: pool)
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await pool.run() }
        group.addTask { await self.accept(listener) }
        await group.next()
        group.cancelAll()
      }
    }

    private func accept(_ listener: AsyncSocket) async {
      await withDiscardingTaskGroup { group in
        while !Task.isCancelled {
          do {
            let client = try await listener.accept()
            guard seats.take() else {
              try? client.close()
              continue
            }
            group.addTask {
              await DashboardConnection(
                socket: client, dashboard: self.dashboard, access: self.access,
                watchers: self.watchers, patience: self.patience, clock: self.clock
              ).serve()
              self.seats.leave()
            }
          } catch {
            // A client that is gone already, or no descriptor is free: the next one may do better.
            try? await clock.sleep(for: .milliseconds(50))
          }
        }
        group.cancelAll()
      }
    }
  }
#endif
