#if Dashboard
  import FlyingSocks
  import Foundation

  /// One connection: one request and its answer.
  struct DashboardConnection: Sendable {
    /// How long the other side may take for each part of the answer.
    private static let writing = Duration.seconds(15)
    /// How many bytes of a file are sent at a time.
    private static let part = 1 << 16

    let socket: AsyncSocket
    let dashboard: Dashboard
    let access: AccessPolicy
    let watchers: Seats
    /// How long a request may take to come.
    let patience: Duration
    let clock: any Clock<Duration>

    /// Reads, answers and closes.
    func serve() async {
      defer { try? socket.close() }
      do {
        let request = try await limited(to: patience, on: clock) { try await read() }
        let response = dashboard.response(to: request, access: access)
        try await send(response, isHead: request.method == "HEAD")
      } catch let refusal as HTTPRefusal {
        try? await send(ErrorPage.response(refusal), isHead: false)
      } catch is TimeLimitPassed {
        try? await send(
          ErrorPage.response(HTTPRefusal(.timeout, "the request took too long to come")),
          isHead: false)
      } catch {
        // The other side is gone, or the server ends: there is nobody to tell.
      }
    }

    private func read() async throws -> HTTPRequest {
      var reader = HTTPHeadReader()
      while true {
        if let request = try reader.append(try await socket.read(atMost: 4096)) { return request }
      }
    }

    private func send(_ response: HTTPResponse, isHead: Bool) async throws {
      if case .events(let events) = response.body, !isHead {
        guard watchers.take() else {
          let refusal = HTTPRefusal(.unavailable, "too many watch already")
          try await send(ErrorPage.response(refusal), isHead: false)
          return
        }
        defer { watchers.leave() }
        try await write(response.head)
        try await send(events)
        return
      }
      try await write(response.head)
      if !isHead {
        switch response.body {
        case .bytes(let data): try await write(data)
        case .file(let file): try await send(file)
        case .events: break
        }
      }
      if response.status.rawValue >= 400 { await linger() }
    }

    private func send(_ file: ServedFile) async throws {
      var offset = 0
      while offset < file.size {
        let data = try file.read(at: offset, count: min(Self.part, file.size - offset))
        // A file that has become shorter: the length was promised, so the connection ends.
        guard !data.isEmpty else { return }
        try await write(data)
        offset += data.count
      }
    }

    private func send(_ events: CurveEvents) async throws {
      var events = events
      try await write(Data("retry: 2000\n\n".utf8))
      while true {
        switch events.next() {
        case .text(let text): try await write(Data(text.utf8))
        case .nothing: break
        case .last(let text):
          try await write(Data(text.utf8))
          return
        }
        try await clock.sleep(for: events.interval)
      }
    }

    private func write(_ data: Data) async throws {
      try await limited(to: Self.writing, on: clock) { try await socket.write(data) }
    }

    /// Reads for a moment what was sent in spite of the refusal: closing before would take the answer
    /// away from the other side, too.
    private func linger() async {
      _ = shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
      try? await limited(to: .seconds(1), on: clock) {
        var count = 0
        while count < 1 << 22 { count += try await socket.read(atMost: 4096).count }
      }
    }
  }
#endif
