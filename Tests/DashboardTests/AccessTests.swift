import Testing

@testable import Dashboard

@Suite("Who may look")
struct AccessTests {
  private let token = AccessToken.random()

  private func status(
    _ policy: AccessPolicy, _ address: String = "/", fields: [(name: String, value: String)]
  ) throws -> HTTPStatus {
    let request = HTTPRequest(target: try RequestTarget(address), fields: fields)
    do throws(HTTPRefusal) {
      _ = try policy.check(request)
      return .ok
    } catch {
      return error.status
    }
  }

  @Test(
    "this machine's own names are let in",
    arguments: ["localhost", "LocalHost:8600", "127.0.0.1:1", "[::1]:65535", "127.0.0.1"])
  func own(host: String) throws {
    #expect(try status(Scratch.open, fields: [("host", host)]) == .ok)
  }

  @Test(
    "names that somebody else gave this machine's address are not",
    arguments: [
      "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8600", "localhost:",
      "localhost:123456", "localhost:8a", "", "127.0.0.2", "[::1", "localhost@evil.example",
    ])
  func rebinding(host: String) throws {
    #expect(try status(Scratch.open, fields: [("host", host)]) == .forbidden)
  }

  @Test("no name, and two names, are none")
  func names() throws {
    #expect(try status(Scratch.open, fields: []) == .forbidden)
    let both = [(name: "host", value: "localhost"), (name: "host", value: "evil.example")]
    #expect(try status(Scratch.open, fields: both) == .forbidden)
  }

  @Test("other machines need the token: in a field, a cookie or the address")
  func ways() throws {
    let policy = AccessPolicy(token: token, isLoopback: false, port: 80)
    let host = (name: "host", value: "machine:80")
    let text = token.text
    #expect(try status(policy, fields: [host]) == .unauthorized)
    #expect(try status(policy, fields: [host, ("authorization", "Bearer \(text)")]) == .ok)
    #expect(try status(policy, fields: [host, ("authorization", "bearer \(text)")]) == .ok)
    #expect(
      try status(policy, fields: [host, ("authorization", "Basic \(text)")]) == .unauthorized)
    #expect(try status(policy, fields: [host, ("cookie", "a=b; touchstone_80=\(text)")]) == .ok)
    #expect(
      try status(policy, fields: [host, ("cookie", "touchstone_81=\(text)")]) == .unauthorized)
    #expect(try status(policy, "/?token=\(text)", fields: [host]) == .ok)
    #expect(try status(policy, "/?token=\(text)x", fields: [host]) == .unauthorized)
    #expect(try status(policy, "/?token=", fields: [host]) == .unauthorized)
    let forwarded = [host, (name: "x-forwarded-for", value: "127.0.0.1")]
    #expect(try status(policy, fields: forwarded) == .unauthorized)
  }

  @Test("a token that was asked for is asked for on this machine, too")
  func loopbackToken() throws {
    let policy = AccessPolicy(token: token, isLoopback: true, port: 80)
    #expect(try status(policy, fields: [("host", "localhost")]) == .unauthorized)
    #expect(try status(policy, "/?token=\(token.text)", fields: [("host", "localhost")]) == .ok)
    #expect(
      try status(policy, "/?token=\(token.text)", fields: [("host", "evil.example")]) == .forbidden)
  }

  @Test("a visit with the token in the address leaves a cookie that scripts cannot read")
  func cookie() throws {
    let policy = AccessPolicy(token: token, isLoopback: false, port: 80)
    let scratch = try Scratch()
    let response = try scratch.ask("/?token=\(token.text)", fields: [], access: policy)
    #expect(response.status == .ok)
    #expect(
      response["Set-Cookie"] == "touchstone_80=\(token.text); Path=/; HttpOnly; SameSite=Lax")
    #expect(!response.text.contains(token.text))
    let refused = try scratch.ask("/?token=wrong", fields: [], access: policy)
    #expect(refused.status == .unauthorized)
    #expect(refused["Set-Cookie"] == nil)
    #expect(!refused.text.contains("Recipe has"))
  }

  @Test("tokens are compared as a whole")
  func comparison() throws {
    let token = try AccessToken("abcdefghijklmnop")
    #expect(token.matches("abcdefghijklmnop"))
    for other in [
      "", "a", "abcdefghijklmno", "abcdefghijklmnoq", "bbcdefghijklmnop",
      "abcdefghijklmnopabcdefghijklmnop",
    ] {
      #expect(!token.matches(other))
    }
  }

  @Test("made tokens differ and can be used; chosen ones must be long and plain")
  func making() throws {
    let tokens = (0..<100).map { _ in AccessToken.random().text }
    #expect(Set(tokens).count == 100)
    for text in tokens { #expect(try AccessToken(text).text == text) }
    for text in ["short", String(repeating: "a", count: 201), "abcdefghijklmno;", "ünïcödeünïcöde"]
    {
      #expect(throws: DashboardError.self) { try AccessToken(text) }
    }
  }

  @Test("addresses are known for what they are")
  func addresses() throws {
    for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost"] {
      #expect(try ListenAddress(host: host, port: 1).isLoopback)
    }
    for host in ["0.0.0.0", "::", "10.0.0.1", "::ffff:127.0.0.1"] {
      #expect(try !ListenAddress(host: host, port: 1).isLoopback)
    }
    for host in ["machine", "127.0.0.1.evil.example", "", "127.1"] {
      #expect(throws: DashboardError.notAnAddress(host)) { try ListenAddress(host: host, port: 1) }
    }
    #expect(throws: DashboardError.port(65_536)) {
      try ListenAddress(host: "::1", port: 65_536)
    }
    #expect(throws: DashboardError.port(-1)) { try ListenAddress(host: "::1", port: -1) }
  }
}
