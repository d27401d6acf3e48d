import Foundation

/// Why data could not be read, checked, split, fetched or written.
///
/// Every way in which a file or a setting can be wrong ends here: reading never traps, and never
/// returns half a data set.
public struct DatasetError: LocalizedError, CustomStringConvertible, Equatable, Sendable {
  /// What sort of failure it was, for code that must tell them apart.
  public enum Kind: String, Sendable, CaseIterable {
    /// Nothing is at the path.
    case missing
    /// A folder stands where a file is needed.
    case notAFile
    /// A file stands where a folder is needed.
    case notAFolder
    /// The system refused to read it.
    case unreadable
    /// It can be read, but is none of the formats known here.
    case unrecognised
    /// It ends before the data that it promises.
    case truncated
    /// Its content contradicts its format.
    case corrupt
    /// It is well-formed, but uses a part of its format that is not read here.
    case unsupported
    /// It promises or unpacks to more than the limit.
    case tooLarge
    /// Images of one data set differ in size.
    case sizesDiffer
    /// The numbers of inputs and labels, or of fields in two rows, differ.
    case countsDiffer
    /// A label is not one of the classes.
    case labelOutOfRange
    /// A value is NaN or infinite.
    case notFinite
    /// There is not a single example.
    case empty
    /// Something is referred to that is not there, such as a node at the end of an edge.
    case dangling
    /// Something is there twice that must be there once.
    case duplicate
    /// A value cannot be read as what it must be, or lies outside its valid range.
    case badValue
    /// A setting of the caller cannot be met.
    case badSetting
    /// A server could not be reached, or refused.
    case unreachable
    /// A file is not the published one.
    case checksum
    /// A file could not be written.
    case notWritten
  }

  /// What sort of failure it was.
  public let kind: Kind
  /// The file, member of an archive, or data set that is wrong.
  public let place: String
  /// What is wrong with it, with line, field or byte offset where there is one.
  public let problem: String
  /// What to do about it.
  public let remedy: String

  /// An error at a place.
  ///
  /// - Parameters:
  ///   - kind: what sort of failure it was.
  ///   - place: the file, member of an archive, or data set that is wrong.
  ///   - problem: what is wrong with it; half a sentence, without a full stop.
  ///   - remedy: what to do about it; half a sentence, without a full stop.
  public init(_ kind: Kind, in place: String, _ problem: String, remedy: String) {
    self.kind = kind
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  /// What was wrong and where, in one sentence.
  public var errorDescription: String? { description }
  /// What to do about it.
  public var recoverySuggestion: String? { remedy }
  /// What was wrong and where, in one sentence.
  public var description: String { "\(place): \(problem)" }
}

extension DatasetError {
  /// The advice for a file that is damaged: nothing in it can be trusted.
  static let copyAgain = "get a fresh copy of the file and compare its size or checksum"

  static func truncated(_ place: String, _ problem: String) -> DatasetError {
    DatasetError(.truncated, in: place, problem, remedy: copyAgain)
  }

  static func corrupt(_ place: String, _ problem: String) -> DatasetError {
    DatasetError(.corrupt, in: place, problem, remedy: copyAgain)
  }
}
