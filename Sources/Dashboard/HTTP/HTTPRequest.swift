/// A request without a body, which is all that reading takes.
struct HTTPRequest: Sendable {
  /// The method, such as `GET`.
  let method: String
  /// Where it goes.
  let target: RequestTarget
  /// The fields of the head, with names in lower case.
  let fields: [(name: String, value: String)]

  /// A request from its parts.
  init(
    method: String = "GET", target: RequestTarget, fields: [(name: String, value: String)] = []
  ) {
    self.method = method
    self.target = target
    self.fields = fields
  }

  /// The value of a field that is there once; nil when it is missing or there several times.
  func only(_ name: String) -> String? {
    let values = all(name)
    return values.count == 1 ? values[0] : nil
  }

  /// All values of a field.
  func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
