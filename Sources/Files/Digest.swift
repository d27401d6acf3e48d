import CCrypto
import Foundation

/// Digests of bytes, through libcrypto.
package final class Digest {
  /// Which digest.
  package enum Algorithm: String, Sendable, Codable {
    /// SHA-256 (FIPS 180-4).
    case sha256
    /// MD5 (RFC 1321): only to recognise published files, never against forgery.
    case md5
  }

  private let context: OpaquePointer?
  private var isSound: Bool

  /// A digest of nothing yet.
  package init(_ algorithm: Algorithm) {
    context = EVP_MD_CTX_new()
    let kind = algorithm == .sha256 ? EVP_sha256() : EVP_md5()
    isSound = context != nil && EVP_DigestInit_ex(context, kind, nil) == 1
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    isSound = isSound && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
  }

  /// Adds a text in UTF-8.
  package func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest in lower-case hexadecimal; ends it.
  ///
  /// - Throws: ``DigestError`` where libcrypto refuses the algorithm.
  package func hexadecimal() throws(DigestError) -> String {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard isSound, EVP_DigestFinal_ex(context, &bytes, &count) == 1 else {
      throw DigestError()
    }
    isSound = false
    return bytes.prefix(Int(count)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// The digest of bytes in lower-case hexadecimal.
  package static func hexadecimal(
    _ algorithm: Algorithm, of bytes: some ContiguousBytes
  ) throws(DigestError) -> String {
    let digest = Digest(algorithm)
    bytes.withUnsafeBytes { digest.update($0) }
    return try digest.hexadecimal()
  }

  /// The digest of a file, read in pieces.
  ///
  /// - Throws: ``DigestError``, or why the file cannot be read.
  package static func hexadecimal(_ algorithm: Algorithm, ofFile url: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: url)
    defer { try? handle.close() }
    let digest = Digest(algorithm)
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      piece.withUnsafeBytes { digest.update($0) }
    }
    return try digest.hexadecimal()
  }
}

/// libcrypto refuses to compute a digest.
package struct DigestError: LocalizedError, Sendable {
  /// What was wrong.
  package var errorDescription: String? { "libcrypto refuses to compute a digest" }
  /// What to do.
  package var recoverySuggestion: String? {
    "allow SHA-256 and MD5 in the OpenSSL configuration of this machine"
  }
}
