import Foundation
import Testing

@testable import Torch

@Suite struct NPYTests {
  @Test(arguments: [
    "float32", "big-float64", "big-int16", "fortran-int32", "fortran-big-int64", "float16", "int8",
    "uint8", "bool", "version-2", "version-3",
  ]) func readsWhatNumPyWrites(name: String) throws {
    let tensor = try NPY.read(Fixture.url("\(name).npy"))
    #expect(tensor.shape == [2, 3, 4])
    let expected = (0..<24).map { index -> Double in
      switch name {
      case "big-int16": Double(index * 1000 - 12000)
      case "fortran-int32", "fortran-big-int64": Double(index)
      case "int8": Double(index - 12)
      case "uint8": Double(index * 10)
      case "bool": index % 3 == 0 ? 1 : 0
      default: Double(index) / 8
      }
    }
    #expect(tensor.values(as: Double.self) == expected)
  }

  @Test(arguments: [
    ("float32", DType.float32), ("big-float64", .float64), ("big-int16", .int16),
    ("fortran-int32", .int32), ("fortran-big-int64", .int64), ("float16", .float16),
    ("int8", .int8), ("uint8", .uint8), ("bool", .bool), ("complex64", .complex64),
  ]) func keepsTypeAndElementsThroughARoundTrip(name: String, dtype: DType) throws {
    let tensor = try NPY.read(Fixture.url("\(name).npy"))
    #expect(tensor.dtype == dtype)
    try Fixture.withFolder { (folder) throws in
      let url = folder.appendingPathComponent("copy.npy")
      try NPY.write(tensor, to: url)
      let copy = try NPY.read(url)
      #expect(copy.dtype == dtype)
      #expect(copy.shape == tensor.shape)
      #expect(copy.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
    }
  }

  @Test func readsSmallShapes() throws {
    let scalar = try NPY.read(Fixture.url("scalar.npy"))
    #expect(scalar.shape == [])
    #expect(scalar.values(as: Double.self) == [2.5])
    #expect(try NPY.read(Fixture.url("vector.npy")).values(as: Int.self) == [0, 1, 2])
    #expect(try NPY.read(Fixture.url("empty.npy")).shape == [0, 3])
  }

  @Test func bigEndianComplexNumbersKeepTheirParts() throws {
    let tensor = try NPY.read(Fixture.url("complex64.npy"))
    let parts = tensor.withUnsafeBytes { bytes in
      (0..<4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    #expect(parts == [0, 12, 1, 13])
  }

  @Test func dataBeginAtAMultipleOf64() throws {
    try Fixture.withFolder { (folder) throws in
      for rank in 0..<6 {
        let url = folder.appendingPathComponent("\(rank).npy")
        try NPY.write(Tensor([Float(1)], shape: Array(repeating: 1, count: rank)), to: url)
        #expect(try Data(contentsOf: url).count % 64 == 4)
        #expect(try NPY.read(url).shape.count == rank)
      }
    }
  }

  @Test(arguments: [
    ("uint16", "<u2"), ("structured", "structured array"),
  ]) func refusesForeignTypes(name: String, type: String) {
    let url = Fixture.url("\(name).npy")
    #expect(throws: NPYError(file: url.path, problem: .unsupportedType(type))) {
      try NPY.read(url)
    }
  }

  private static func file(_ header: String, data: Int = 0) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + Array(repeating: 0, count: data)
  }

  @Test(arguments: [
    ("", NPYError.Problem.invalidHeader(offset: 10, reason: "expected '{'")),
    (
      "{'descr': '<f4', 'shape': (1,)}",
      .invalidHeader(offset: 41, reason: "'fortran_order' is missing")
    ),
    ("{'x': 1}", .invalidHeader(offset: 14, reason: "unexpected or repeated key 'x'")),
    ("{'descr': '<f4}", .invalidHeader(offset: 20, reason: "a string that does not end")),
    ("{'shape': (1)}", .invalidHeader(offset: 22, reason: "expected ','")),
    ("{'shape': (-1,)}", .invalidHeader(offset: 21, reason: "expected a size")),
    ("{'shape': (99999999999999999999,)}", .invalidShape),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4, 0)}",
      .invalidShape
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
      .wrongSize(offset: 65, expected: 12, found: 8)
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
      .wrongSize(offset: 65, expected: 4, found: 8)
    ),
    ("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}", .unsupportedType("<M8[ns]")),
  ]) func refusesBadHeader(header: String, problem: NPYError.Problem) throws {
    try Fixture.withFile(Self.file(header, data: 8)) { (url) throws in
      #expect(throws: NPYError(file: url.path, problem: problem)) { try NPY.read(url) }
    }
  }

  @Test(arguments: [
    ([], NPYError.Problem.wrongMagic),
    (Array("not an array".utf8), .wrongMagic),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 4, 0, 0, 0], .unsupportedVersion(major: 4, minor: 0)),
    (
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 5, 0],
      .headerBeyondEnd(bytes: 5, available: 0)
    ),
    (
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF],
      .headerBeyondEnd(bytes: 0xFFFF_FFFF, available: 0)
    ),
  ]) func refusesBadStart(bytes: [UInt8], problem: NPYError.Problem) throws {
    try Fixture.withFile(bytes) { (url) throws in
      #expect(throws: NPYError(file: url.path, problem: problem)) { try NPY.read(url) }
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = try Array(Data(contentsOf: Fixture.url("fortran-int32.npy")))
    for count in 0..<whole.count {
      #expect(throws: NPYError.self) { try NPY.tensor(Array(whole[..<count]), named: "x") }
    }
  }
}
