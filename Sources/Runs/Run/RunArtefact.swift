import Files
import Foundation
import GRDB

/// A file of a run, known by its content.
public struct RunArtefact: Sendable, Hashable, Codable, FetchableRecord {
  /// The name in the run's folder.
  public let name: String
  /// The length.
  public let bytes: Int
  /// The SHA-256 in hexadecimal.
  public let digest: String

  /// What a file in a folder is now.
  ///
  /// - Throws: why it cannot be read.
  public init(_ name: String, in folder: URL) throws {
    let url = folder.appending(path: name)
    self.name = name
    bytes = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    digest = try Digest.hexadecimal(.sha256, ofFile: url)
  }
}
