import Foundation

/// Folders for files that nobody keeps.
package enum TemporaryFolder {
  /// Makes a folder, and removes it with all that is in it when the work ends, however it ends.
  ///
  /// - Throws: why the folder cannot be made, what `body` throws.
  package static func with<Result>(_ body: (_ folder: URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "touchstone-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
