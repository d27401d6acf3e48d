/// Who may look.
struct AccessPolicy: Sendable {
  /// The token, or nil where everybody on this machine may look.
  let token: AccessToken?
  /// Whether only this machine reaches the server.
  let isLoopback: Bool
  /// The name of the cookie; browsers do not tell servers on different ports apart.
  let cookie: String

  /// - Parameter port: the port that is listened on.
  init(token: AccessToken?, isLoopback: Bool, port: Int) {
    self.token = token
    self.isLoopback = isLoopback
    cookie = "touchstone_\(port)"
  }

  /// Lets a request pass.
  ///
  /// - Returns: the cookie to set, where the token came with the address and links will not repeat it.
  /// - Throws: ``HTTPRefusal`` with status 401 without the token, 403 for a name that is not this
  ///   machine's.
  func check(_ request: HTTPRequest) throws(HTTPRefusal) -> String? {
    try checkHost(request)
    guard let token else { return nil }
    for value in request.all("authorization") {
      let words = value.split(separator: " ", maxSplits: 1)
      if words.count == 2, words[0].lowercased() == "bearer", token.matches(String(words[1])) {
        return nil
      }
    }
    for value in request.all("cookie").flatMap({ $0.split(separator: ";") }) {
      let parts = value.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == cookie else { continue }
      if token.matches(String(parts[1])) { return nil }
    }
    if let given = request.target["token"], token.matches(given) {
      return "\(cookie)=\(token.text); Path=/; HttpOnly; SameSite=Lax"
    }
    throw HTTPRefusal(
      .unauthorized,
      "this dashboard asks for a token: open the address that touchstone serve printed, "
        + "with ?token= at its end")
  }

  /// A page of another site can give its own name the address 127.0.0.1 and then read what answers
  /// there (DNS rebinding); its name is in the field `Host`.
  private func checkHost(_ request: HTTPRequest) throws(HTTPRefusal) {
    guard isLoopback else { return }
    guard let host = request.only("host"), Self.isLocal(host) else {
      throw HTTPRefusal(
        .forbidden, "the dashboard answers to the names localhost, 127.0.0.1 and [::1] alone")
    }
  }

  /// Whether a host, with or without a port, is a name of this machine alone. Any port will do: a tunnel
  /// has its own.
  static func isLocal(_ host: String) -> Bool {
    for name in ["localhost", "127.0.0.1", "[::1]"] where host.lowercased().hasPrefix(name) {
      let rest = host.dropFirst(name.count)
      let port = rest.dropFirst()
      if rest.isEmpty { return true }
      if rest.first == ":", (1...5).contains(port.count), port.allSatisfy(\.isWholeNumber) {
        return true
      }
    }
    return false
  }
}
