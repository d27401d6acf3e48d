import Files
import Foundation
import Testing

@testable import Datasets

/// Whether `curl` is on the path.
private let hasCurl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .contains { FileManager.default.isExecutableFile(atPath: $0 + "/curl") }

@Suite(.enabled(if: hasCurl, "curl is not installed")) struct FetchTests {
  private let content = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 31) }

  /// A data set of one file that a `file:` URL serves.
  private func published(_ scratch: Scratch, md5: String? = nil) throws -> PublicDataset {
    let path = try scratch.write(content, "server/data.bin")
    let digest = try md5 ?? Digest.hexadecimal(.md5, of: content)
    return PublicDataset(
      name: "d", summary: "a test",
      files: [PublicDataset.File(name: "data.bin", url: "file://" + path, md5: digest)])
  }

  private func run(_ scratch: Scratch, _ dataset: PublicDataset) throws -> [Fetch.Outcome] {
    var outcomes: [Fetch.Outcome] = []
    try Fetch(into: scratch.path + "/here").run(dataset) { outcomes.append($1) }
    return outcomes
  }

  @Test func downloadsOnce() throws {
    let scratch = try Scratch()
    let dataset = try published(scratch)
    #expect(try run(scratch, dataset) == [.downloaded])
    #expect(try FileBytes.read(scratch.path + "/here/data.bin") == content)
    #expect(try run(scratch, dataset) == [.present])
  }

  @Test func continuesAPartAndDropsAWrongOne() throws {
    for part in [Array(content[..<4000]), content, [UInt8](repeating: 1, count: 400)] {
      let scratch = try Scratch()
      let dataset = try published(scratch)
      try scratch.write(part, "here/data.bin.part")
      #expect(try run(scratch, dataset) == [.downloaded])
      #expect(try FileBytes.read(scratch.path + "/here/data.bin") == content)
      #expect(FileBytes.find(scratch.path + "/here/data.bin.part") == .nothing)
    }
  }

  @Test func keepsOnlyThePublishedFile() throws {
    let scratch = try Scratch()
    let dataset = try published(scratch, md5: String(repeating: "0", count: 32))
    #expect(try failure { _ = try run(scratch, dataset) }.kind == .checksum)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/here").isEmpty)
    try scratch.write([1], "here/data.bin")
    #expect(try failure { _ = try run(scratch, dataset) }.kind == .checksum)
  }

  @Test func saysWhatToDoWhenOffline() throws {
    let scratch = try Scratch()
    let file = PublicDataset.File(
      name: "data.bin", url: "http://no-such-host.invalid/data.bin", md5: "")
    let dataset = PublicDataset(name: "d", summary: "a test", files: [file])
    let error = try failure { _ = try run(scratch, dataset) }
    #expect(error.kind == .unreachable && error.remedy.contains(file.url))
    let none = try failure {
      try Fetch(into: scratch.path + "/here", program: "no-such-curl").run(dataset)
    }
    #expect(none.kind == .unsupported)
  }

  @Test func knowsItsNames() throws {
    #expect(try PublicDataset.named("MNIST") == .mnist)
    let error = try failure { _ = try PublicDataset.named("minst") }
    #expect(error.remedy == "choose one of mnist, fashion-mnist, cifar-10")
    for file in PublicDataset.all.flatMap(\.files) { #expect(file.md5.count == 32) }
  }
}
