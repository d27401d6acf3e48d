/// How to read a table of examples.
public struct TableOptions: Sendable, Equatable {
  /// Whether the first row names the columns.
  public enum Header: String, Sendable, CaseIterable {
    /// It does when some column has text there and a number in the second row, or when a column is
    /// asked for by name.
    case detect
    /// It does.
    case present
    /// It holds an example.
    case absent
  }

  /// Whether the first row names the columns.
  public var header: Header
  /// The column of the labels: its name, or its number from 1. Nil takes a column named label,
  /// class, target or y, and otherwise the last.
  public var label: String?
  /// What stands between fields; nil detects comma, semicolon or tab.
  public var delimiter: Character?
  /// The classes in the order of their numbers. Nil takes the different labels found, in numeric
  /// order when all are numbers and in alphabetic order otherwise.
  public var classNames: [String]?

  /// Options, each of which has a default that suits most files.
  public init(
    header: Header = .detect, label: String? = nil, delimiter: Character? = nil,
    classNames: [String]? = nil
  ) {
    self.header = header
    self.label = label
    self.delimiter = delimiter
    self.classNames = classNames
  }
}
