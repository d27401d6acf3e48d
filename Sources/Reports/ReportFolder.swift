import Foundation

/// A folder whose files are written together: all of them or none.
public struct ReportFolder: Sendable {
  /// A file to be written.
  public struct File: Sendable {
    /// The plain name, such as `report.json`.
    public let name: String
    /// The content.
    public let data: Data

    /// A file from its bytes.
    public init(_ name: String, _ data: Data) {
      self.name = name
      self.data = data
    }

    /// A file from its text, as UTF-8.
    public init(_ name: String, _ text: String) {
      self.init(name, Data(text.utf8))
    }
  }

  /// The path of the folder.
  public let path: String

  /// A folder that need not exist yet.
  public init(_ path: String) {
    self.path = path
  }

  /// Makes sure that the folder could be written, before hours of work are spent on what goes there.
  ///
  /// - Throws: `WriteError`; the folder is left as it was.
  public func check() throws(WriteError) {
    let created = try create()
    defer { Self.remove(created) }
    try AtomicFile.stage(Data(), for: place("check")).discard()
  }

  /// Writes files: all under temporary names first, then renamed in order.
  ///
  /// - Throws: `WriteError`; then no temporary file and no folder made for them is left, and files
  ///   that were there before are unchanged.
  public func write(_ files: [File]) throws(WriteError) {
    try checkNames(of: files)
    let created = try create()
    var staged: [AtomicFile.Staged] = []
    do {
      for file in files {
        staged.append(try AtomicFile.stage(file.data, for: place(file.name)))
      }
      for file in staged { try file.commit() }
    } catch {
      for file in staged { file.discard() }
      Self.remove(created)
      throw error
    }
    AtomicFile.syncFolder(of: place("x"))
  }

  private func place(_ name: String) -> String {
    URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(name).path
  }

  /// What could still fail once the first file is renamed is ruled out before.
  private func checkNames(of files: [File]) throws(WriteError) {
    var seen: Set<String> = []
    for file in files {
      let isPlain = !file.name.isEmpty && file.name != "." && file.name != ".."
      guard isPlain, !file.name.contains("/"), !file.name.contains("\0"),
        seen.insert(file.name).inserted
      else { throw .name(file.name) }
      var status = stat()
      if stat(place(file.name), &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        throw .kind(path: place(file.name), expected: "file")
      }
    }
  }

  /// Makes the folder and those above it.
  ///
  /// - Returns: the folders that were not there, the innermost last.
  @discardableResult
  func create() throws(WriteError) -> [String] {
    var missing: [String] = []
    var url = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    var status = stat()
    while stat(url.path, &status) != 0, url.path != "/" {
      guard errno == ENOENT else { throw WriteError(path: url.path, code: errno) }
      missing.append(url.path)
      url.deleteLastPathComponent()
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .kind(path: url.path, expected: "folder")
    }
    var created: [String] = []
    for folder in missing.reversed() {
      guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
        let code = errno
        Self.remove(created)
        throw WriteError(path: folder, code: code)
      }
      created.append(folder)
    }
    return created
  }

  /// Removes folders that were made for nothing, unless something else was put there meanwhile.
  static func remove(_ folders: [String]) {
    for folder in folders.reversed() { rmdir(folder) }
  }
}
