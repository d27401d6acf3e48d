import Foundation
import Testing

@testable import Torch

@Suite struct SafeTensorsFaultTests {
  /// The entry of a float32 tensor.
  private static func entry(
    _ name: String, _ start: Int, _ end: Int, shape: String = "[1]", type: String = "F32"
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
  }

  private static let faults: [(header: String, data: Int, problem: SafeTensorsError.Problem)] = [
    (entry("a", 0, 4) + "," + entry("b", 2, 6), 6, .overlap(tensor: "b", previous: "a")),
    (entry("a", 0, 4) + "," + entry("b", 8, 12), 12, .hole(tensor: "b", bytes: 4)),
    (entry("a", 4, 8), 8, .hole(tensor: "a", bytes: 4)),
    (entry("a", 0, 4), 2, .dataBeyondEnd(tensor: "a", end: 4, available: 2)),
    (entry("a", 0, 4), 5, .trailingBytes(1)),
    ("", 3, .trailingBytes(3)),
    (entry("a", 0, 4, shape: "[2]"), 4, .wrongSize(tensor: "a", expected: 8, found: 4)),
    (entry("a", 4, 0), 4, .reversedOffsets(tensor: "a", start: 4, end: 0)),
    (entry("a", 0, 4, type: "F33"), 4, .unknownType(tensor: "a", type: "F33")),
    (entry("a", 0, 4, type: "U32"), 4, .unsupportedType(tensor: "a", type: "U32")),
    (entry("a", 0, 4, shape: "[9223372036854775808,4]"), 4, .invalidShape(tensor: "a")),
    (entry("a", 0, 0, shape: "[4611686018427387904,4,0]"), 0, .invalidShape(tensor: "a")),
  ]

  @Test(arguments: faults.indices) func refusesBadEntry(index: Int) throws {
    let (header, data, problem) = Self.faults[index]
    try Fixture.withFile(SafeTensorsTests.file("{\(header)}", data: data)) { (url) throws in
      #expect(throws: SafeTensorsError(file: url.path, problem: problem)) {
        try SafeTensors.read(url)
      }
    }
  }

  @Test(arguments: [
    ("", nil, 8, "expected an object"),
    ("[]", nil, 8, "expected an object"),
    ("{", nil, 9, "expected a string"),
    ("{}x", nil, 10, "something after the end of the object"),
    (#"{"a":1}"#, "a", 13, "expected an object"),
    (#"{"a":{"dtype":"F32"}}"#, "a", 28, "'shape' is missing"),
    (#"{"a":{"shape":[-1]}}"#, "a", 23, "expected a whole number that is not negative"),
    (#"{"a":{"shape":[1.5]}}"#, "a", 24, "expected a whole number"),
    (#"{"a":{"shape":[1],"shape":[1]}}"#, "a", 26, "the key 'shape' stands twice"),
    (#"{"a\q":1}"#, nil, 12, "an unknown escape"),
    (#"{"a\ud800":1}"#, nil, 17, "half of a surrogate pair"),
    (#"{"__metadata__":{"k":1}}"#, "__metadata__", 29, "expected a string"),
  ]) func namesTheOffset(header: String, tensor: String?, offset: Int, reason: String) throws {
    try Fixture.withFile(SafeTensorsTests.file(header, data: 0)) { (url) throws in
      let problem = SafeTensorsError.Problem.invalidHeader(
        tensor: tensor, offset: offset, reason: reason)
      #expect(throws: SafeTensorsError(file: url.path, problem: problem)) {
        try SafeTensors.read(url)
      }
    }
  }

  @Test func refusesDuplicateNames() throws {
    let header = "{\(Self.entry("a", 0, 4)),\(Self.entry("a", 4, 8))}"
    try Fixture.withFile(SafeTensorsTests.file(header, data: 8)) { (url) throws in
      let error = #expect(throws: SafeTensorsError.self) { try SafeTensors.read(url) }
      #expect(error?.description.contains("the key 'a' stands twice") == true)
    }
  }

  @Test(arguments: [
    ([1, 2, 3], SafeTensorsError.Problem.noHeader(bytes: 3)),
    ([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], .headerBeyondEnd(bytes: 9, available: 2)),
    ([1, 0xE1, 0xF5, 0x05, 0, 0, 0, 0], .headerTooLarge(bytes: 100_000_001)),
    (Array(repeating: 0xFF, count: 8), .headerTooLarge(bytes: .max)),
    (
      [2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE],
      .invalidHeader(tensor: nil, offset: 8, reason: "not UTF-8 text")
    ),
  ]) func refusesBadLength(bytes: [UInt8], problem: SafeTensorsError.Problem) throws {
    try Fixture.withFile(bytes) { (url) throws in
      #expect(throws: SafeTensorsError(file: url.path, problem: problem)) {
        try SafeTensors.read(url)
      }
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = try Array(Data(contentsOf: Fixture.url("mixed.safetensors")))
    for count in 0..<whole.count {
      #expect(throws: SafeTensorsError.Problem.self) {
        try SafeTensors.parse(Array(whole[..<count]))
      }
    }
  }

  @Test func deepNestingIsAnError() throws {
    let header = #"{"a":{"x":"# + String(repeating: "[", count: 100_000)
    try Fixture.withFile(SafeTensorsTests.file(header, data: 0)) { (url) throws in
      #expect(throws: SafeTensorsError.self) { try SafeTensors.read(url) }
    }
  }
}
