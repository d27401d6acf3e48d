import Files
import Torch

extension Dataset {
  /// A SHA-256 digest, in hexadecimal, of which examples these are, in their order: of their classes or labels, their
  /// places in the data as it was read, and their files' names.
  ///
  /// What inputs were made into does not count: scaled columns, smaller images and another vocabulary are of the same
  /// examples, which two models can be compared on. Drawn examples of equal labels are therefore not told apart.
  ///
  /// - Throws: an error that says so where libcrypto is set up to refuse SHA-256.
  public func exampleDigest() throws -> String {
    let digest = Digest(.sha256)
    digest.update("\(count) \(classNames)\n")
    labels.withUnsafeBytes(digest.update)
    targets?.withUnsafeBytes(digest.update)
    sourceIndices.withUnsafeBytes(digest.update)
    digest.update("\(fileNames ?? [])\n")
    return try digest.hexadecimal()
  }
}
