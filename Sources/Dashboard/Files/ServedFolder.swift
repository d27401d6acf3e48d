import Foundation

/// The folder of a run or of a sweep: opens the files that may be looked at, and nothing else.
struct ServedFolder: Sendable {
  /// A file that may be looked at.
  struct Entry: Sendable {
    /// The names that lead to it.
    let path: [String]
    /// Its length in bytes.
    let size: Int
    let type: ServedFileType

    var name: String { path.joined(separator: "/") }
  }

  /// How many files are listed at most.
  static let most = 200
  /// How many names may lead to a file.
  static let deepest = 6

  let path: String

  /// Opens a file.
  ///
  /// Every name is opened from the folder before it, without following links, so that nothing outside of
  /// the folder can be reached, whatever is put into it meanwhile.
  ///
  /// - Throws: ``HTTPRefusal`` with status 404.
  func open(_ names: [String]) throws(HTTPRefusal) -> ServedFile {
    let missing = HTTPRefusal(
      .notFound, "there is no such file, or it is of a kind that is not shown")
    guard let last = names.last, names.count <= Self.deepest, !names.contains(where: Self.isHidden),
      let type = ServedFileType(ofFile: last)
    else { throw missing }
    var folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw HTTPRefusal(.notFound, "the folder \(path) is gone") }
    defer { close(folder) }
    for name in names.dropLast() {
      let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else { throw missing }
      close(folder)
      folder = next
    }
    let file = openat(folder, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw missing }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw missing
    }
    return ServedFile(descriptor: file, type: type, status: status)
  }

  /// Names that nobody needs to see: hidden ones and checkpoints.
  private static func isHidden(_ name: String) -> Bool {
    name.hasPrefix(".") || name.contains("/") || name.isEmpty
      || name.lowercased().hasPrefix("checkpoint")
  }

  /// The files that may be looked at, by name: those of the folder first, then those of the folders in
  /// it.
  ///
  /// - Parameter depth: how many folders down.
  func entries(depth: Int = 1) -> [Entry] {
    var found: [Entry] = []
    var waiting: [[String]] = [[]]
    while !waiting.isEmpty, found.count < Self.most {
      let folder = waiting.removeFirst()
      let url = folder.reduce(URL(filePath: path)) { $0.appending(path: $1) }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
      for name in names.sorted() where !Self.isHidden(name) {
        var status = stat()
        guard lstat(url.appending(path: name).path, &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR where folder.count < depth && waiting.count < Self.most:
          waiting.append(folder + [name])
        case S_IFREG where found.count < Self.most:
          guard let type = ServedFileType(ofFile: name) else { continue }
          found.append(Entry(path: folder + [name], size: Int(status.st_size), type: type))
        default: continue
        }
      }
    }
    return found
  }
}
