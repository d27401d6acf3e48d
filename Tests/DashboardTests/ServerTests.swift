#if Dashboard
  import Foundation
  import Runs
  import Testing

  @testable import Dashboard

  @Suite("The server", .serialized)
  struct ServerTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The thread of all servers, and what wakes them.
    private static let thread = OwnThread()
    private static let clock = OwnClock()

    /// Serves while something is done.
    private func serving(
      host: String = "127.0.0.1", token: AccessToken? = nil, patience: Duration = .seconds(600),
      _ body: (_ port: Int) throws -> Void
    ) throws {
      let server = try DashboardServer(
        scratch.dashboard(), at: ListenAddress(host: host, port: 0), token: token,
        patience: patience, clock: Self.clock)
      let task = Task(executorPreference: Self.thread) { try await server.run() }
      defer { task.cancel() }
      try body(server.address.port)
    }

    fileprivate static let host = "Host: localhost\r\n"

    @Test("answers to browsers, and to HEAD without a body")
    func pages() throws {
      let run = try scratch.finished("a")
      try serving { port in
        let page = try Client.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(page.contains("/runs/\(run.id)") && page.hasSuffix("</html>\n"))
        let head = try Client.exchange("HEAD / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
        #expect(head.contains("Content-Length: "))
        let watch = try Client.exchange(
          "HEAD /runs/\(run.id)/events HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(watch.hasSuffix("\r\n\r\n"))
      }
    }

    @Test("files go through as they are, also long ones")
    func files() throws {
      let run = try scratch.finished("a")
      let text = (0..<200_000).map { "\($0)" }.joined(separator: "\n")
      try scratch.write("a/long.txt", text)
      try serving { port in
        let answer = try Client.exchange(
          "GET /runs/\(run.id)/files/long.txt HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        let parts = try #require(answer.range(of: "\r\n\r\n"))
        #expect(answer[parts.upperBound...] == text)
        #expect(answer.contains("Content-Length: \(text.utf8.count)\r\n"))
      }
    }

    struct Refused: CustomTestStringConvertible {
      let testDescription: String
      let request: String
      let status: Int

      init(_ name: String, _ request: String, _ status: Int) {
        testDescription = name
        self.request = request
        self.status = status
      }

      static let long = String(repeating: "a", count: 100_000)
      static let all = [
        Refused("a long path", "GET /\(long) HTTP/1.1\r\n\r\n", 414),
        Refused("a long parameter", "GET /?a=\(long.prefix(4000)) HTTP/1.1\r\n\r\n", 400),
        Refused("a long field", "GET / HTTP/1.1\r\nX: \(long)\r\n\r\n", 431),
        Refused("a path without end", "GET /" + String(repeating: long, count: 50), 414),
        Refused("a way up", "GET /../../etc/passwd HTTP/1.1\r\n\r\n", 400),
        Refused("an encoded way up", "GET /runs/%2e%2e%2fetc HTTP/1.1\r\n\r\n", 400),
        Refused("encryption", "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n", 400),
        Refused("a greeting", "hello\r\n\r\n", 400),
        Refused("another version", "GET / HTTP/3\r\n\r\n", 505),
        Refused(
          "writing", "POST / HTTP/1.1\r\n\(ServerTests.host)Content-Length: 9\r\n\r\nsomething", 405
        ),
        Refused("another name", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
        Refused("no name", "GET / HTTP/1.0\r\n\r\n", 403),
      ]
    }

    @Test("what is too much, or no request, is refused with a reason", arguments: Refused.all)
    func refused(case refused: Refused) throws {
      try serving { port in
        let answer = try Client.exchange(refused.request, port: port)
        #expect(answer.hasPrefix("HTTP/1.1 \(refused.status) "), "\(answer.prefix(80))")
        // It still answers others.
        let page = try Client.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(page.hasPrefix("HTTP/1.1 200 "))
      }
    }

    @Test("clients that hang up at any moment harm nobody")
    func hangingUp() throws {
      let run = try scratch.record("a")
      let session = try RunSession(run, in: scratch.store, environment: Scratch.environment)
      try scratch.write("a/metrics.csv", "step,loss\n0,1\n")
      try serving { port in
        for request in [
          "", "GET", "GET / HTTP/1.1\r\nHo", "GET / HTTP/1.1\r\n\(Self.host)\r\n",
          "GET /runs/\(run.id)/events HTTP/1.1\r\n\(Self.host)\r\n",
        ] {
          for _ in 0..<20 { try Client(port: port).send(request) }
        }
        let page = try Client.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(page.hasPrefix("HTTP/1.1 200 "))
      }
      withExtendedLifetime(session) {}
    }

    @Test("an address that others reach is never open")
    func token() throws {
      #expect(throws: DashboardError.tokenNeeded(host: "0.0.0.0")) {
        try DashboardServer(scratch.dashboard(), at: ListenAddress(host: "0.0.0.0", port: 0))
      }
      let token = AccessToken.random()
      // All addresses, asked through the one of this machine alone.
      try serving(host: "0.0.0.0", token: token) { port in
        for (address, field, status) in [
          ("/", "", 401), ("/static/script.js", "", 401),
          ("/", "Authorization: Bearer wrong\r\n", 401),
          ("/", "Authorization: Bearer \(token.text)\r\n", 200),
          ("/", "Cookie: touchstone_\(port)=\(token.text)\r\n", 200),
          ("/?token=\(token.text)", "", 200),
        ] {
          let answer = try Client.exchange(
            "GET \(address) HTTP/1.1\r\nHost: machine\r\n\(field)\r\n", port: port)
          #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(address) \(field)")
        }
      }
    }

    @Test("curves move while metrics.csv grows, and the end is told")
    func events() throws {
      let run = try scratch.record("a")
      let session = try RunSession(run, in: scratch.store, environment: Scratch.environment)
      let path = scratch.path("a/metrics.csv")
      try scratch.write("a/metrics.csv", "step,loss\n0,2\n")
      try serving { port in
        let client = try Client(port: port)
        client.send("GET /runs/\(run.id)/events HTTP/1.1\r\n\(Self.host)\r\n")
        let head = try #require(client.receive(upTo: "\r\n\r\n"))
        #expect(head.contains("Content-Type: text/event-stream\r\n"))
        let first = try #require(client.receive(upTo: "}\n\n"))
        #expect(first.contains("event: curves\n") && first.contains("2 at step 0"))
        try append("1,1.5\n", to: path)
        let second = try #require(client.receive(upTo: "}\n\n"))
        #expect(second.contains("1.5 at step 1"))
        try append("2,1.25\n", to: path)
        _ = try session.perform { _ in RunResult(findings: []) }
        let rest = client.receiveAll()
        #expect(rest.contains("1.25 at step 2"))
        #expect(
          rest.hasSuffix("event: end\ndata: {\"state\":\"finished\"}\n\n"), "\(rest.suffix(80))")
      }
    }

    @Test("somebody who watches does not keep the server from ending")
    func ending() async throws {
      let run = try scratch.record("a")
      let session = try RunSession(run, in: scratch.store, environment: Scratch.environment)
      let server = try DashboardServer(
        scratch.dashboard(), at: ListenAddress(host: "localhost", port: 0), token: nil,
        patience: .seconds(600), clock: Self.clock)
      let task = Task(executorPreference: Self.thread) { try await server.run() }
      let client = try Client(port: server.address.port)
      client.send("GET /runs/\(run.id)/events HTTP/1.1\r\n\(Self.host)\r\n")
      #expect(client.receive(upTo: "event: curves") != nil)
      let idle = try Client(port: server.address.port)
      task.cancel()
      try await task.value
      #expect(client.receive(upTo: "never") == nil)
      withExtendedLifetime((session, idle)) {}
    }

    @Test("places where nobody can listen are errors that say so")
    func places() throws {
      let dashboard = try scratch.dashboard()
      let first = try DashboardServer(dashboard, at: ListenAddress(host: "127.0.0.1", port: 0))
      let port = first.address.port
      #expect(port > 0)
      #expect(throws: DashboardError.portInUse(host: "127.0.0.1", port: port)) {
        try DashboardServer(dashboard, at: ListenAddress(host: "127.0.0.1", port: port))
      }
      #expect(throws: DashboardError.noSuchAddress(host: "203.0.113.7")) {
        try DashboardServer(
          dashboard, at: ListenAddress(host: "203.0.113.7", port: 0), token: .random())
      }
      withExtendedLifetime(first) {}
    }

    @Test("a store that vanishes while it is served is an error page")
    func vanishing() throws {
      let path = scratch.store.path
      try serving { port in
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
        let page = try Client.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(page.hasPrefix("HTTP/1.1 503 ") && page.contains("There is no run store"))
      }
    }

    @Test("a request that does not come is given up, and the other side is told")
    func slow() throws {
      try serving(patience: .milliseconds(50)) { port in
        let answer = try Client.exchange("GET / HTTP/1.1\r\nHo", port: port)
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(answer.prefix(80))")
        #expect(answer.contains("The request took too long to come"))
      }
    }

    @Test("no more than so many watch at once; others are told, and who leaves makes room")
    func watchers() throws {
      let run = try scratch.record("a")
      let session = try RunSession(run, in: scratch.store, environment: Scratch.environment)
      try scratch.write("a/metrics.csv", "step,loss\n0,1\n")
      let request = "GET /runs/\(run.id)/events HTTP/1.1\r\n\(Self.host)\r\n"
      try serving { port in
        var watching: [Client] = []
        for _ in 0..<DashboardServer.mostWatchers {
          let client = try Client(port: port)
          client.send(request)
          #expect(client.receive(upTo: "event: curves") != nil)
          watching.append(client)
        }
        let answer = try Client.exchange(request, port: port)
        #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(answer.prefix(80))")
        #expect(answer.contains("Too many watch already"))
        let page = try Client.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
        #expect(page.hasPrefix("HTTP/1.1 200 "))
        // Who leaves is noticed when the next line is written to it, which a new value makes happen.
        watching = []
        for step in 1...200 {
          try append("\(step),1\n", to: scratch.path("a/metrics.csv"))
          let client = try Client(port: port)
          client.send(request)
          if client.receive(upTo: "\r\n")?.contains("200") == true { return }
          usleep(50_000)
        }
        Issue.record("nobody may watch again")
      }
      withExtendedLifetime(session) {}
    }

    @Test("no more than so many connections are held at once, and they come free again")
    func crowd() throws {
      try serving { port in
        var crowd: [Client] = []
        for _ in 0..<(DashboardServer.mostConnections + 20) { crowd.append(try Client(port: port)) }
        crowd = []
        for _ in 0..<100 {
          let page = try Client.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n", port: port)
          if page.hasPrefix("HTTP/1.1 200 ") { return }
          usleep(50_000)
        }
        Issue.record("nobody was let in again")
      }
    }
  }
#endif
