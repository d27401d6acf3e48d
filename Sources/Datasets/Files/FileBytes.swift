import Foundation

/// Whole files as bytes, with failures that say what stands at the path instead.
package enum FileBytes {
  /// What stands at a path.
  package enum Found { case nothing, file, folder }

  package static func find(_ path: String) -> Found {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return .nothing
    }
    return isFolder.boolValue ? .folder : .file
  }

  /// The bytes of the file at `path`.
  ///
  /// - Throws: `DatasetError` (missing, notAFile, unreadable).
  package static func read(_ path: String) throws -> [UInt8] {
    switch find(path) {
    case .nothing: throw missing(path)
    case .folder:
      throw DatasetError(
        .notAFile, in: path, "is a folder, but a file is needed here",
        remedy: "name a file inside it")
    case .file: break
    }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw DatasetError(
        .unreadable, in: path, "cannot be read (\(reason(of: error)))",
        remedy: "check the permissions of the file and its folder")
    }
  }

  /// Writes a file whole or not at all: to a temporary name beside it, then renamed.
  ///
  /// - Throws: `DatasetError` (notWritten).
  package static func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw DatasetError(
        .notWritten, in: path, "cannot be written (\(reason(of: error)))",
        remedy: "check that the folder exists, is writable and has space left")
    }
  }

  static func missing(_ path: String) -> DatasetError {
    DatasetError(
      .missing, in: path, "no such file or folder",
      remedy: "check the path, or see `touchstone data list` for the data sets known by name")
  }

  /// The system's own words for a failure of Foundation's file functions.
  static func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
    return code.map { String(cString: strerror(Int32($0))).lowercased() }
      ?? error.localizedDescription
  }
}

/// The last component of a path, which is what people call a file.
func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// The product of sizes, or nil where one is negative or the product does not fit an `Int`.
func product(of sizes: [Int]) -> Int? {
  var total = 1
  for size in sizes {
    guard size >= 0 else { return nil }
    let (value, overflow) = total.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    total = value
  }
  return total
}
