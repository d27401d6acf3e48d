import Foundation

/// An answer.
struct HTTPResponse: Sendable {
  /// What is sent after the head.
  enum Body: Sendable {
    /// Bytes that are there.
    case bytes(Data)
    /// A file, read as it is sent.
    case file(ServedFile)
    /// Events, for as long as there are any.
    case events(CurveEvents)
  }

  var status: HTTPStatus
  /// The fields of the head, without the length.
  var fields: [(name: String, value: String)]
  var body: Body

  /// An answer whose type browsers do not guess, that nobody keeps, and that no other site reads.
  init(_ status: HTTPStatus = .ok, type: String, policy: String, body: Body) {
    self.status = status
    self.body = body
    fields = [
      ("Content-Type", type),
      ("Content-Security-Policy", policy),
      ("X-Content-Type-Options", "nosniff"),
      ("X-Frame-Options", "DENY"),
      ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cache-Control", "no-store"),
      ("Connection", "close"),
    ]
  }

  /// The value of a field of the head.
  subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Everything before the body.
  var head: Data {
    var text = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
    for field in fields { text += "\(field.name): \(field.value)\r\n" }
    switch body {
    case .bytes(let data): text += "Content-Length: \(data.count)\r\n"
    case .file(let file): text += "Content-Length: \(file.size)\r\n"
    case .events: break
    }
    return Data((text + "\r\n").utf8)
  }

  /// The bytes of the body where it is there as a whole.
  var data: Data? {
    if case .bytes(let data) = body { data } else { nil }
  }
}

/// What pages may load.
enum ContentPolicy {
  /// Nothing from elsewhere; scripts and styles are files of the dashboard. Drawings have colours as
  /// attributes, which is all that is allowed of styles in a page.
  static let page =
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    + "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    + "frame-ancestors 'none'"

  /// A file of a run may hold scripts of its own, as reports do. It gets an origin that is nobody's, so
  /// that it can neither read the dashboard nor anything else, and it cannot send anything anywhere.
  static let file =
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    + "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
    + "frame-ancestors 'none'"

  /// Nothing at all.
  static let nothing = "default-src 'none'; frame-ancestors 'none'"
}
