import Foundation
import Testing

@testable import Torch

@Suite struct NPZTests {
  @Test(arguments: ["stored", "deflated"]) func readsWhatNumPyWrites(name: String) throws {
    let tensors = try NPZ.read(Fixture.url("\(name).npz"))
    #expect(Set(tensors.keys) == ["inputs", "layer/labels"])
    #expect(tensors["inputs"]?.shape == [20, 10])
    #expect(tensors["inputs"]?.values(as: Float.self) == (0..<200).map { Float($0) / 8 })
    #expect(tensors["layer/labels"]?.values(as: Int.self) == [3, 1, 2])
  }

  @Test func readsTheDirectoryOfALargeArchive() throws {
    let tensors = try NPZ.read(Fixture.url("zip64.npz"))
    #expect(tensors["numbers"]?.values(as: Int.self) == [0, 1, 2, 3, 4])
  }

  @Test func readsBackWhatItWrites() throws {
    try Fixture.withFolder { (folder) throws in
      let (first, second) = (
        folder.appendingPathComponent("1.npz"), folder.appendingPathComponent("2.npz")
      )
      let tensors = [
        "größe": Tensor([1.5, -2.5], shape: [2, 1]), "a/b": Tensor([Float(3)], shape: []),
        "none": Tensor([Int](), shape: [0, 7]),
      ]
      try NPZ.write(tensors, to: first)
      let copy = try NPZ.read(first)
      #expect(copy["größe"]?.values(as: Double.self) == [1.5, -2.5])
      #expect(copy["größe"]?.shape == [2, 1])
      #expect(copy["a/b"]?.values(as: Float.self) == [3])
      #expect(copy["none"]?.shape == [0, 7])
      try NPZ.write(copy, to: second)
      #expect(try Data(contentsOf: first) == Data(contentsOf: second))
    }
  }

  @Test(arguments: ["stored", "deflated", "zip64"])
  func everyTruncationIsAnError(name: String) throws {
    let whole = try Array(Data(contentsOf: Fixture.url("\(name).npz")))
    for count in 0..<whole.count {
      #expect(throws: ZIPError.self) { try NPZ.tensors(in: Array(whole[..<count]), named: name) }
    }
  }

  /// Whatever byte is changed: an error or, in fields that nobody reads, the same arrays.
  @Test(arguments: ["stored", "deflated", "zip64"])
  func damageNeverGoesUnnoticed(name: String) throws {
    let url = Fixture.url("\(name).npz")
    let whole = try Array(Data(contentsOf: url))
    let original = try NPZ.read(url).mapValues { tensor in tensor.withUnsafeBytes { Array($0) } }
    for position in whole.indices {
      var damaged = whole
      damaged[position] ^= 0xFF
      guard let tensors = try? NPZ.tensors(in: damaged, named: name) else { continue }
      let bytes = tensors.mapValues { tensor in tensor.withUnsafeBytes { Array($0) } }
      #expect(Set(bytes.values) == Set(original.values), "byte \(position)")
    }
  }

  @Test func namesTheDamagedEntry() throws {
    var bytes = try Array(Data(contentsOf: Fixture.url("stored.npz")))
    bytes[300] ^= 1
    try Fixture.withFile(bytes) { (url) throws in
      let error = #expect(throws: ZIPError.self) { try NPZ.read(url) }
      guard case .wrongChecksum("inputs.npy", _, _)? = error?.problem else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func readsRealArchive() throws {
    let path = ProcessInfo.processInfo.environment["TOUCHSTONE_GOLDEN"]
    let folder =
      path.map { URL(fileURLWithPath: $0) }
      ?? Fixture.folder.appendingPathComponent("../../../shared/golden")
    let url = folder.appendingPathComponent("song_tiny.npz")
    guard FileManager.default.fileExists(atPath: url.path) else {
      print("skipped: no song_tiny.npz in \(folder.path)")
      return
    }
    let tensors = try NPZ.read(url)
    #expect(tensors.count == 154)
    #expect(tensors["sigma"] != nil && tensors["w/model.map_label.weight"] != nil)
  }
}
