import Foundation
import Testing

@testable import Torch

@Suite struct SafeTensorsTests {
  @Test func readsWhatTheReferenceWrites() throws {
    let (tensors, metadata) = try SafeTensors.read(Fixture.url("mixed.safetensors"))
    #expect(metadata == ["step": "12", "note": "größe\t\"1\""])
    #expect(tensors.count == 15)
    let weight = try #require(tensors["layer.weight"])
    #expect(weight.shape == [2, 3])
    #expect(weight.values(as: Float.self) == [0, 0.25, 0.5, 0.75, 1, 1.25])
    #expect(tensors["layer.bias"]?.values(as: Float.self) == [1.5, -2.5])
    #expect(
      tensors["double"]?.values(as: Double.self) == [-2.25, -1.25, -0.25, 0.75, 1.75, 2.75])
    #expect(tensors["long"]?.values(as: Int.self) == [-(1 << 40), 1 << 40])
    #expect(tensors["int"]?.values(as: Int32.self) == [-7, 7])
    #expect(tensors["unsigned"]?.values(as: UInt8.self) == [0, 255])
    #expect(tensors["truth"]?.values(as: Bool.self) == [true, false, true])
    #expect(tensors["scalar"]?.shape == [])
    #expect(tensors["empty"]?.shape == [0, 4])
    #expect(tensors["größe \"\\\n\u{1}"]?.values(as: Int.self) == [9])
  }

  @Test(arguments: [
    ("half", DType.float16, [0x00, 0x3C, 0x00, 0xB8, 0xFF, 0x7B]),
    ("brain", .bfloat16, [0x80, 0x3F, 0x40, 0xC0]),
    ("short", .int16, [0xD4, 0xFE, 0x2C, 0x01]),
    ("signed", .int8, [0x80, 0x7F]),
  ]) func keepsBytesOfRareTypes(name: String, dtype: DType, bytes: [UInt8]) throws {
    let tensors = try SafeTensors.read(Fixture.url("mixed.safetensors")).tensors
    let tensor = try #require(tensors[name])
    #expect(tensor.dtype == dtype)
    #expect(tensor.withUnsafeBytes { Array($0) } == bytes)
  }

  @Test func writesTheBytesOfTheReference() throws {
    let original = Fixture.url("mixed.safetensors")
    let (tensors, metadata) = try SafeTensors.read(original)
    try Fixture.withFolder { (folder) throws in
      let copy = folder.appendingPathComponent("copy.safetensors")
      try SafeTensors.write(tensors, metadata: metadata, to: copy)
      #expect(try Data(contentsOf: copy) == Data(contentsOf: original))
    }
  }

  @Test func writesNothingAtAll() throws {
    try Fixture.withFolder { (folder) throws in
      let url = folder.appendingPathComponent("empty.safetensors")
      try SafeTensors.write([:], to: url)
      #expect(
        try Array(Data(contentsOf: url)) == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
      #expect(try SafeTensors.read(url).tensors.isEmpty)
    }
  }

  @Test func refusesReservedName() throws {
    try Fixture.withFolder { (folder) throws in
      let url = folder.appendingPathComponent("x")
      #expect(throws: SafeTensorsError(file: url.path, problem: .reservedName("__metadata__"))) {
        try SafeTensors.write(["__metadata__": Tensor([1.0], shape: [1])], to: url)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func acceptsWhatTheReferenceAccepts() throws {
    let accepted = [
      #" {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} "#,
      #"{"a":{"more":[1,{"x":null}],"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"__metadata__":null,"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
      #"{"\u0061":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
    ]
    for header in accepted {
      try Fixture.withFile(SafeTensorsTests.file(header, data: 4)) { (url) throws in
        #expect(try SafeTensors.read(url).tensors["a"]?.values(as: Float.self) == [0], "\(header)")
      }
    }
  }

  static func file(_ header: String, data: Int) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
      + Array(repeating: 0, count: data)
  }
}
