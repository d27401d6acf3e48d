/// The files of a run that may be looked at, by the ending of their names.
///
/// Everything else stays where it is: weights and checkpoints above all, which give away what they were
/// trained on.
enum ServedFileType: String, Sendable {
  case html, png, jpg, jpeg, gif, svg, csv, json, md, txt, tex, yaml

  /// The type of a file, or nil when it may not be looked at.
  init?(ofFile name: String) {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return nil }
    self.init(rawValue: name[name.index(after: dot)...].lowercased())
  }

  /// The field `Content-Type`.
  var contentType: String {
    switch self {
    case .html: "text/html; charset=utf-8"
    case .png: "image/png"
    case .jpg, .jpeg: "image/jpeg"
    case .gif: "image/gif"
    case .svg: "image/svg+xml"
    case .csv, .md, .txt, .tex, .yaml: "text/plain; charset=utf-8"
    case .json: "application/json"
    }
  }

  /// Whether it is shown in a page.
  var isPicture: Bool {
    switch self {
    case .png, .jpg, .jpeg, .gif, .svg: true
    default: false
    }
  }
}
