import Foundation
import Testing

@testable import Datasets

/// Files that a test needs: committed fixtures, and a folder of its own that goes away with it.
final class Scratch {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/Datasets").path

  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/datasets-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, its folders included, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  static func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixtures + "/" + name)))
  }
}

/// The error that `body` throws, checked to be one clear sentence with advice.
func failure(_ body: () throws -> Void) throws -> DatasetError {
  let error = try #require(throws: DatasetError.self, performing: body)
  #expect(!error.problem.isEmpty && !error.remedy.isEmpty && !error.place.isEmpty)
  #expect(!error.description.hasSuffix(".") && !error.description.contains("\n"))
  #expect(!error.remedy.hasSuffix("."))
  return error
}

/// The bytes of an IDX file.
func idx(_ shape: [Int], _ values: [UInt8], magic: [UInt8] = [0, 0, 8]) -> [UInt8] {
  let sizes = shape.flatMap { size in
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
  }
  return magic + [UInt8(shape.count)] + sizes + values
}
