import Files
import Foundation

/// Downloads published data sets with `curl`, resumes what was interrupted, and keeps only files
/// whose digest is the published one.
public struct Fetch: Sendable {
  /// What happened to a file.
  public enum Outcome: String, Sendable {
    /// It was there already, whole.
    case present
    /// It was downloaded.
    case downloaded
  }

  /// The folder that files are put into.
  public let folder: String
  /// The program that downloads.
  private let program: String

  /// Downloads into a folder, which is made if it is not there.
  ///
  /// - Parameters:
  ///   - folder: where to put the files.
  ///   - program: the `curl` to run, found through `PATH`.
  public init(into folder: String, program: String = "curl") {
    self.folder = folder
    self.program = program
  }

  /// Downloads the files of a data set that are not there yet.
  ///
  /// A download goes to `NAME.part`, which a later call continues; the file takes its name only when
  /// its digest is right.
  ///
  /// - Parameters:
  ///   - dataset: the data set.
  ///   - progress: called with each file and what happened to it.
  /// - Throws: `DatasetError` (unreachable, checksum, notWritten, unsupported).
  public func run(
    _ dataset: PublicDataset, progress: (PublicDataset.File, Outcome) -> Void = { _, _ in }
  ) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DatasetError(
        .notWritten, in: folder, "cannot be made (\(FileBytes.reason(of: error)))",
        remedy: "choose a folder that can be written")
    }
    for file in dataset.files {
      progress(file, try fetch(file))
    }
  }

  private func fetch(_ file: PublicDataset.File) throws -> Outcome {
    let target = folder + "/" + file.name
    if FileBytes.find(target) == .file {
      guard try isPublished(target, file) else { throw wrongDigest(target, file) }
      return .present
    }
    let part = target + ".part"
    let resumed = FileBytes.find(part) == .file
    // A part that is already whole makes some servers refuse to go on, so it is looked at first.
    if !(try resumed && isPublished(part, file)) {
      try download(file, to: part)
    }
    if try !isPublished(part, file), resumed {
      // What was there before may not have been a piece of this file: once more from the start.
      try remove(part)
      try download(file, to: part)
    }
    guard try isPublished(part, file) else {
      try remove(part)
      throw wrongDigest(target, file)
    }
    do {
      try FileManager.default.moveItem(atPath: part, toPath: target)
    } catch {
      throw DatasetError(
        .notWritten, in: target, "cannot be written (\(FileBytes.reason(of: error)))",
        remedy: "check that the folder is writable")
    }
    return .downloaded
  }

  private func isPublished(_ path: String, _ file: PublicDataset.File) throws -> Bool {
    try Digest.hexadecimal(.md5, of: FileBytes.read(path)) == file.md5
  }

  private func remove(_ path: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw DatasetError(
        .notWritten, in: path, "cannot be removed (\(FileBytes.reason(of: error)))",
        remedy: "remove it by hand")
    }
  }

  private func wrongDigest(_ path: String, _ file: PublicDataset.File) -> DatasetError {
    DatasetError(
      .checksum, in: path, "is not the published file (its MD5 digest is not \(file.md5))",
      remedy: "remove it and fetch again, or get \(file.url) another way")
  }

  private func download(_ file: PublicDataset.File, to part: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      program, "--fail", "--location", "--silent", "--show-error", "--connect-timeout", "20",
      "--retry", "2", "--continue-at", "-", "--output", part, file.url,
    ]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw missingProgram
    }
    let text = Text.decode([UInt8](errors.fileHandleForReading.readDataToEndOfFile()))
    process.waitUntilExit()
    try check(process.terminationStatus, text, file)
  }

  /// Turns the exit status of `curl` into an error; 33 and 36 are a refusal to resume, after which
  /// the digest decides.
  private func check(_ status: Int32, _ text: String, _ file: PublicDataset.File) throws {
    switch status {
    case 0, 33, 36: return
    case 127: throw missingProgram
    case 23:
      throw DatasetError(
        .notWritten, in: folder + "/" + file.name, "cannot be written",
        remedy: "check that the folder is writable and has space left")
    default:
      let reason =
        Text.lines(Array(text.utf8)).last.map(Text.trimmed) ?? "curl ended with \(status)"
      throw DatasetError(
        .unreachable, in: file.name, "cannot be downloaded (\(reason))",
        remedy: "try again to continue, or on a machine without network access put a copy of "
          + "\(file.url) into \(folder)")
    }
  }

  private var missingProgram: DatasetError {
    DatasetError(
      .unsupported, in: program, "is needed for downloads, but is not installed",
      remedy: "install it (apt install curl), or copy the files by hand")
  }
}
