import Foundation

/// A safetensors file that cannot be read, or tensors that cannot be written as one.
public struct SafeTensorsError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The file.
  public let file: String
  /// What is wrong with it.
  public let problem: Problem

  /// The ways in which a file can be wrong.
  public enum Problem: Error, Sendable, Equatable {
    /// Fewer bytes than the length of the header takes.
    case noHeader(bytes: Int)
    /// The header claims more bytes than the format allows.
    case headerTooLarge(bytes: UInt64)
    /// The header claims more bytes than the file has.
    case headerBeyondEnd(bytes: UInt64, available: Int)
    /// The header is not the JSON that the format asks for; `offset` counts from the start of the
    /// file, and `tensor` is the entry that was being read.
    case invalidHeader(tensor: String?, offset: Int, reason: String)
    /// No format knows this element type.
    case unknownType(tensor: String, type: String)
    /// The format knows this element type, tensors here do not.
    case unsupportedType(tensor: String, type: String)
    /// A shape that no tensor can have.
    case invalidShape(tensor: String)
    /// The tensor's data end before they begin.
    case reversedOffsets(tensor: String, start: UInt64, end: UInt64)
    /// The tensor's data begin before those of the tensor in front of it end.
    case overlap(tensor: String, previous: String)
    /// Nobody owns the bytes in front of the tensor's data.
    case hole(tensor: String, bytes: UInt64)
    /// The tensor's data end after the file.
    case dataBeyondEnd(tensor: String, end: UInt64, available: Int)
    /// The shape needs another number of bytes than the offsets give.
    case wrongSize(tensor: String, expected: Int, found: UInt64)
    /// Bytes that belong to no tensor follow the last one.
    case trailingBytes(Int)
    /// The tensor cannot be written because of its name.
    case reservedName(String)
  }

  /// What was wrong, with which file and which tensor.
  public var errorDescription: String? { description }

  /// What was wrong, with which file and which tensor.
  public var description: String { "\(file): \(sentence)" }

  private var sentence: String {
    switch problem {
    case .noHeader(let bytes): "a safetensors file has a header, this file has \(bytes) bytes"
    case .headerTooLarge(let bytes): "the header claims \(bytes) bytes, more than is allowed"
    case .headerBeyondEnd(let bytes, let available):
      "the header claims \(bytes) bytes, but only \(available) follow"
    case .invalidHeader(let tensor?, let offset, let reason):
      "invalid header at byte \(offset), in '\(tensor)': \(reason)"
    case .invalidHeader(nil, let offset, let reason): "invalid header at byte \(offset): \(reason)"
    case .unknownType(let tensor, let type): "tensor '\(tensor)' has the unknown type '\(type)'"
    case .unsupportedType(let tensor, let type):
      "tensor '\(tensor)' has the type '\(type)', which is not supported"
    case .invalidShape(let tensor): "tensor '\(tensor)' has a shape that is too large"
    case .reversedOffsets(let tensor, let start, let end):
      "tensor '\(tensor)' begins at offset \(start) and ends before, at \(end)"
    case .overlap(let tensor, let previous):
      "tensor '\(tensor)' overlaps with tensor '\(previous)'"
    case .hole(let tensor, let bytes):
      "\(bytes) bytes in front of tensor '\(tensor)' belong to no tensor"
    case .dataBeyondEnd(let tensor, let end, let available):
      "tensor '\(tensor)' ends at offset \(end), but the file has only \(available) bytes of data"
    case .wrongSize(let tensor, let expected, let found):
      "tensor '\(tensor)' has a shape of \(expected) bytes, but offsets that span \(found)"
    case .trailingBytes(let bytes): "\(bytes) bytes after the last tensor belong to no tensor"
    case .reservedName(let name): "a tensor cannot have the name '\(name)'"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch problem {
    case .unsupportedType: "convert it to a type such as float32 before saving"
    case .reservedName: "give it another name"
    case .headerBeyondEnd, .dataBeyondEnd:
      "the file may be cut off or of another kind; fetch or save it again"
    default: "the file may be damaged or of another kind; save it again"
    }
  }
}
