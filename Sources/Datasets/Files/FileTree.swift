import Foundation

/// The files below a folder or inside a tar archive, so that every format is read from both alike.
struct FileTree: Sendable {
  /// What to call the whole in errors: its path.
  let name: String
  /// Paths relative to the root, sorted by their Unicode scalars; hidden files are left out.
  let paths: [String]
  private let source: Source

  private enum Source: Sendable {
    case folder(String)
    case archive([String: [UInt8]])
  }

  /// The files below a folder, links followed.
  ///
  /// - Throws: `DatasetError` (missing, notAFolder, unreadable).
  init(folder: String) throws {
    switch FileBytes.find(folder) {
    case .nothing: throw FileBytes.missing(folder)
    case .file:
      throw DatasetError(
        .notAFolder, in: folder, "is a file, but a folder is needed here",
        remedy: "name the folder that holds it")
    case .folder: break
    }
    name = folder
    source = .folder(folder)
    var found: [String] = []
    try FileTree.list(folder, below: "", depth: 0, into: &found)
    paths = found.sorted(by: FileTree.precedes)
  }

  /// The files inside a tar archive, plain or gzip, that may belong to a data set.
  ///
  /// - Throws: `DatasetError` (missing, notAFile, unreadable, truncated, corrupt, tooLarge).
  init(archive: String) throws {
    try self.init(archive: try FileBytes.read(archive), name: archive)
  }

  init(archive bytes: [UInt8], name: String) throws {
    self.name = name
    var files: [String: [UInt8]] = [:]
    for entry in try Tar.entries(of: bytes, name: name, where: FileTree.mayMatter) {
      files[entry.path] = entry.bytes
    }
    source = .archive(files)
    paths = files.keys.sorted(by: FileTree.precedes)
  }

  /// The content of one of `paths`.
  func bytes(_ path: String) throws -> [UInt8] {
    switch source {
    case .folder(let root): return try FileBytes.read(root + "/" + path)
    case .archive(let files):
      guard let bytes = files[path] else { throw FileBytes.missing(place(path)) }
      return bytes
    }
  }

  /// What to call one of `paths` in errors.
  func place(_ path: String) -> String {
    switch source {
    case .folder(let root): root.hasSuffix("/") ? root + path : root + "/" + path
    case .archive: "\(name), member \(path)"
    }
  }

  /// The first of `paths` whose last component is one of `names`, ignoring case.
  func find(_ names: [String]) -> String? {
    let names = names.map { $0.lowercased() }
    return paths.first { names.contains(lastComponent($0).lowercased()) }
  }

  private static func list(
    _ folder: String, below prefix: String, depth: Int, into found: inout [String]
  ) throws {
    // A link to a folder above itself has no end.
    guard depth < 32 else { return }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw DatasetError(
        .unreadable, in: folder, "cannot be listed (\(FileBytes.reason(of: error)))",
        remedy: "check the permissions of the folder")
    }
    for name in names where !name.hasPrefix(".") && name != "__MACOSX" {
      let path = folder + "/" + name
      if FileBytes.find(path) == .folder {
        try list(path, below: prefix + name + "/", depth: depth + 1, into: &found)
      } else {
        found.append(prefix + name)
      }
    }
  }

  private static func mayMatter(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let last = parts.last, !parts.contains(where: { $0.hasPrefix(".") || $0 == "__MACOSX" })
    else { return false }
    let name = last.lowercased()
    let ending = name.split(separator: ".").last.map(String.init) ?? ""
    return ImageFormat.extensions.contains(ending) || ["bin", "csv", "gz", "txt"].contains(ending)
      || name.hasSuffix("-ubyte") || name.hasSuffix(".idx3-ubyte")
  }

  /// Order by Unicode scalars: the same on every machine, whatever its language.
  static func precedes(_ first: String, _ second: String) -> Bool {
    first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
  }
}
