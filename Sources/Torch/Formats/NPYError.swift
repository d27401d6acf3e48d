import Foundation

/// A NumPy array file that cannot be read, or a tensor that cannot be written as one.
public struct NPYError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The file; for an array inside an archive, the archive and the entry.
  public let file: String
  /// What is wrong with it.
  public let problem: Problem

  /// The ways in which a file can be wrong. Offsets count bytes from the start of the array file.
  public enum Problem: Error, Sendable, Equatable {
    /// The file does not begin as a NumPy file does.
    case wrongMagic
    /// A version of the format other than 1, 2 and 3.
    case unsupportedVersion(major: Int, minor: Int)
    /// The header goes on after the end of the file.
    case headerBeyondEnd(bytes: Int, available: Int)
    /// The header is not the dictionary that the format asks for.
    case invalidHeader(offset: Int, reason: String)
    /// An element type that tensors do not have, in NumPy's notation.
    case unsupportedType(String)
    /// A shape that no tensor can have.
    case invalidShape
    /// The shape needs another number of bytes than follow the header.
    case wrongSize(offset: Int, expected: Int, found: Int)
  }

  /// What was wrong, and with which file.
  public var errorDescription: String? { description }

  /// What was wrong, and with which file.
  public var description: String { "\(file): \(sentence)" }

  private var sentence: String {
    switch problem {
    case .wrongMagic: "not a NumPy array file, which begins with \\x93NUMPY"
    case .unsupportedVersion(let major, let minor):
      "version \(major).\(minor) of the NumPy format is not known"
    case .headerBeyondEnd(let bytes, let available):
      "the header claims \(bytes) bytes, but only \(available) follow"
    case .invalidHeader(let offset, let reason): "invalid header at byte \(offset): \(reason)"
    case .unsupportedType(let type): "elements of type '\(type)' are not supported"
    case .invalidShape: "the array has a shape that is too large"
    case .wrongSize(let offset, let expected, let found):
      "the shape needs \(expected) bytes from byte \(offset) on, but \(found) follow"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch problem {
    case .unsupportedType:
      "convert the array, for example to float32 or int64, and save it again"
    case .wrongMagic: "save the array with numpy.save"
    default: "the file may be damaged or cut off; save it again with numpy.save"
    }
  }
}
