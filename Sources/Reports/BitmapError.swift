import Foundation

/// A picture that cannot be made or encoded.
public enum BitmapError: Error, Sendable, Equatable {
  /// The sizes do not fit the number of values, or there are not 1 or 3 channels.
  case shape(width: Int, height: Int, channels: Int, count: Int)
  /// Pictures that are compared differ in size.
  case sizes(first: String, second: String)
  /// libpng refused, with its message.
  case encoding(String)
}

extension BitmapError: LocalizedError, CustomStringConvertible {
  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }

  /// What was wrong, in one sentence.
  public var description: String {
    switch self {
    case .shape(let width, let height, let channels, let count):
      "\(count) values are not a picture of \(width) x \(height) pixels with \(channels) channels"
    case .sizes(let first, let second):
      "a picture of \(first) values cannot be compared with one of \(second)"
    case .encoding(let message):
      "a picture could not be encoded as PNG (\(message))"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .shape: "give 1 or 3 channels and width * height * channels values"
    case .sizes: "compare pictures of the same shape"
    case .encoding: "make the picture smaller"
    }
  }
}
