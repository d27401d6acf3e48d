import Testing

@testable import Datasets

@Suite struct GZipTests {
  private let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }

  @Test func givesBackWhatWasPacked() throws {
    #expect(try GZip.inflate(gzipped(bytes), name: "x") == bytes)
    #expect(try GZip.inflate(gzipped([]), name: "x") == [])
  }

  @Test func readsSeveralMembersAndPadding() throws {
    let stream = gzipped(bytes) + gzipped([1, 2, 3]) + [0, 0, 0]
    #expect(try GZip.inflate(stream, name: "x") == bytes + [1, 2, 3])
  }

  @Test func everyTruncationIsFound() throws {
    let stream = gzipped(bytes)
    for count in stride(from: 2, to: stream.count, by: 7) {
      let error = try failure { _ = try GZip.inflate(Array(stream[..<count]), name: "x.gz") }
      #expect(error.kind == .truncated && error.place == "x.gz")
    }
  }

  @Test func everyDamagedByteOfTheDataIsFound() throws {
    let stream = gzipped(bytes)
    for index in stride(from: 10, to: stream.count, by: 11) {
      var damaged = stream
      damaged[index] ^= 0x10
      _ = try failure { _ = try GZip.inflate(damaged, name: "x.gz") }
    }
  }

  @Test func stopsAtTheLimit() throws {
    let bomb = gzipped([UInt8](repeating: 0, count: 1 << 20))
    #expect(try failure { _ = try GZip.inflate(bomb, name: "x", limit: 1000) }.kind == .tooLarge)
    #expect(try GZip.inflate(bomb, name: "x", limit: 1 << 20).count == 1 << 20)
  }

  @Test func refusesOtherData() throws {
    #expect(try failure { _ = try GZip.inflate([], name: "x") }.kind == .corrupt)
    #expect(try failure { _ = try GZip.inflate([1, 2, 3], name: "x") }.kind == .corrupt)
    #expect(
      try failure { _ = try GZip.inflate(gzipped([1]) + [7], name: "x") }.kind == .corrupt)
  }
}
