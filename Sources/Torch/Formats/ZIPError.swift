import Foundation

/// A ZIP archive that cannot be read, or contents that cannot be written as one.
public struct ZIPError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The archive.
  public let file: String
  /// What is wrong with it.
  public let problem: Problem

  /// The ways in which an archive can be wrong. Offsets count bytes from the start of the file.
  public enum Problem: Error, Sendable, Equatable {
    /// No directory at the end of the file.
    case noDirectory
    /// The directory, or what it points to, lies outside the file.
    case beyondEnd(what: String, offset: Int)
    /// Something else than the expected record stands at an offset.
    case wrongSignature(what: String, offset: Int)
    /// Two entries have the same name.
    case duplicate(entry: String)
    /// The entry is encrypted or packed by a method other than deflate.
    case unsupported(entry: String, what: String)
    /// The packed data do not unpack to the size that the directory gives.
    case wrongSize(entry: String, expected: Int)
    /// The packed data are damaged.
    case damaged(entry: String, offset: Int)
    /// The unpacked data do not have the checksum that the directory gives.
    case wrongChecksum(entry: String, expected: UInt32, found: UInt32)
    /// The entry is not an array.
    case notAnArray(entry: String)
    /// More bytes or entries than an archive without extensions can hold.
    case tooLarge
  }

  /// What was wrong, with which archive and which entry.
  public var errorDescription: String? { description }

  /// What was wrong, with which archive and which entry.
  public var description: String { "\(file): \(sentence)" }

  private var sentence: String {
    switch problem {
    case .noDirectory: "not a ZIP archive, or its end is missing"
    case .beyondEnd(let what, let offset):
      "\(what) at byte \(offset) reaches beyond the end of the file"
    case .wrongSignature(let what, let offset): "no \(what) at byte \(offset)"
    case .duplicate(let entry): "two entries have the name '\(entry)'"
    case .unsupported(let entry, let what): "entry '\(entry)' is \(what), which is not supported"
    case .wrongSize(let entry, let expected):
      "entry '\(entry)' does not unpack to the \(expected) bytes that the directory gives"
    case .damaged(let entry, let offset):
      "entry '\(entry)', packed from byte \(offset) on, is damaged"
    case .wrongChecksum(let entry, let expected, let found):
      "entry '\(entry)' has the checksum \(Self.hexadecimal(found)), "
        + "the directory gives \(Self.hexadecimal(expected))"
    case .notAnArray(let entry): "entry '\(entry)' is not an array, whose name ends in .npy"
    case .tooLarge: "more data than fit into an archive: 4 GiB or 65535 arrays"
    }
  }

  private static func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch problem {
    case .unsupported, .notAnArray: "save the arrays with numpy.savez or numpy.savez_compressed"
    case .tooLarge: "save fewer arrays, or use safetensors"
    default: "the file may be damaged or cut off; fetch or save it again"
    }
  }
}
