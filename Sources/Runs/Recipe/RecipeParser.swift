import Foundation
import Yams

/// Turns YAML into recipe values, with anchors, aliases and merge keys resolved.
struct RecipeParser {
  /// Aliases of aliases can make a small file stand for a huge tree; no recipe needs more.
  static let mostValues = 100_000
  static let deepestNesting = 64

  /// Where a line and a column are; without them, the source as a whole.
  typealias Locator = (_ line: Int?, _ column: Int?) -> RecipePlace

  private let locate: Locator
  private var count = 0

  /// The value of a document, or `nil` when there is nothing in it.
  ///
  /// - Parameters:
  ///   - yaml: the text.
  ///   - locate: what a line and a column of the text are called in messages.
  static func value(
    of yaml: String, locate: @escaping Locator
  ) throws(RecipeError) -> RecipeValue? {
    let node: Node?
    do {
      let text = yaml.hasPrefix("\u{FEFF}") ? String(yaml.unicodeScalars.dropFirst()) : yaml
      node = try Yams.compose(yaml: text)
    } catch {
      throw RecipeError(error, locate: locate)
    }
    guard let node else { return nil }
    var parser = RecipeParser(locate: locate)
    return try parser.value(of: node, depth: 0)
  }

  private init(locate: @escaping Locator) { self.locate = locate }

  private func place(_ mark: Mark?) -> RecipePlace { locate(mark?.line, mark?.column) }

  private mutating func value(of node: Node, depth: Int) throws(RecipeError) -> RecipeValue {
    count += 1
    let here = place(node.mark)
    guard count <= Self.mostValues else {
      throw .invalidYAML(here, problem: "more than \(Self.mostValues) values")
    }
    guard depth < Self.deepestNesting else {
      throw .invalidYAML(here, problem: "nested more than \(Self.deepestNesting) levels deep")
    }
    switch node {
    case .scalar(let scalar):
      return RecipeValue(Self.content(of: scalar, node), source: scalar.string, at: here)
    case .sequence(let sequence):
      var elements: [RecipeValue] = []
      for element in sequence { elements.append(try value(of: element, depth: depth + 1)) }
      return RecipeValue(.sequence(elements), at: here)
    case .mapping(let mapping):
      return RecipeValue(.mapping(try members(of: mapping, depth: depth)), at: here)
    case .alias:
      throw .invalidYAML(here, problem: "an alias without an anchor")
    }
  }

  private mutating func members(
    of mapping: Node.Mapping, depth: Int
  ) throws(RecipeError) -> [RecipeValue.Member] {
    var members: [RecipeValue.Member] = []
    var merged: [RecipeValue.Member] = []
    for (key, node) in mapping {
      let here = place(key.mark)
      guard case .scalar(let name) = key else {
        throw .invalidYAML(here, problem: "a key that is a list or a mapping")
      }
      let value = try value(of: node, depth: depth + 1)
      if key.tag.rawValue == Tag.Name.merge.rawValue {
        merged += try Self.mergedMembers(value)
      } else if members.contains(where: { $0.key == name.string }) {
        throw .duplicateKeys(here, keys: [name.string])
      } else {
        members.append(.init(key: name.string, place: here, value: value))
      }
    }
    // Keys of the mapping itself come before merged ones, and earlier merges before later ones.
    for member in merged where !members.contains(where: { $0.key == member.key }) {
      members.append(member)
    }
    return members
  }

  private static func mergedMembers(
    _ value: RecipeValue
  ) throws(RecipeError) -> [RecipeValue.Member] {
    switch value.content {
    case .mapping(let members): return members
    case .sequence(let elements):
      var result: [RecipeValue.Member] = []
      for element in elements { result += try mergedMembers(element) }
      return result
    default:
      throw .wrongType(value.place, path: "<<", expected: "a mapping", found: value.kind)
    }
  }

  private static func content(of scalar: Node.Scalar, _ node: Node) -> RecipeValue.Content {
    switch Tag.Name(rawValue: node.tag.rawValue) {
    case .null: return .null
    case .bool: return Bool.construct(from: scalar).map { .bool($0) } ?? .text(scalar.string)
    case .int:
      if let integer = Int.construct(from: scalar) { return .integer(integer) }
      if let unsigned = UInt64.construct(from: scalar) { return .unsigned(unsigned) }
      return scalar.style == .plain ? .tooLarge : .text(scalar.string)
    case .float:
      guard let number = Double.construct(from: scalar) else { return .text(scalar.string) }
      // Only `.inf` means infinity; 1e999 is a number that does not fit.
      let isFinite = number.isFinite || scalar.string.lowercased().contains("n")
      return isFinite ? .number(number) : .tooLarge
    default:
      // YAML 1.1 leaves out numbers such as -.5
      guard scalar.style == .plain,
        scalar.string.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
        let number = Double(scalar.string), number.isFinite
      else { return .text(scalar.string) }
      return .number(number)
    }
  }
}
