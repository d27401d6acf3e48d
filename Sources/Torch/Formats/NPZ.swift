import Foundation

/// Reads and writes NumPy's archives of named arrays.
public enum NPZ {
  /// All arrays of an archive, as `numpy.savez` or `numpy.savez_compressed` writes it.
  ///
  /// - Throws: ``FileError`` when the file cannot be read, ``ZIPError`` when the archive is not sound,
  ///   ``NPYError`` when one of its arrays is not.
  public static func read(_ url: URL) throws -> [String: Tensor] {
    try tensors(in: try FileContents.bytes(of: url), named: url.relativePath)
  }

  /// The arrays of an archive in memory.
  static func tensors(in bytes: [UInt8], named path: String) throws -> [String: Tensor] {
    var contents: [(name: String, bytes: [UInt8])] = []
    do throws(ZIPError.Problem) {
      let archive = try ZIPArchive(bytes)
      for entry in archive.entries {
        guard entry.name.hasSuffix(".npy") else { throw .notAnArray(entry: entry.name) }
        contents.append((entry.name, try archive.contents(of: entry)))
      }
    } catch {
      throw ZIPError(file: path, problem: error)
    }
    var tensors: [String: Tensor] = [:]
    for (name, bytes) in contents {
      let tensor = try NPY.tensor(bytes, named: "\(path), entry '\(name)'")
      tensors[String(name.dropLast(4))] = tensor
    }
    return tensors
  }

  /// Writes named tensors to an archive, which appears whole or not at all.
  ///
  /// Equal tensors give equal bytes: the entries are in the order of their names, not compressed, and
  /// carry no date.
  ///
  /// - Throws: ``FileError`` when the file cannot be written, ``NPYError`` for bfloat16, which NumPy
  ///   does not have, ``ZIPError`` for more than 4 GiB.
  public static func write(_ tensors: [String: Tensor], to url: URL) throws {
    let path = url.relativePath
    let ordered = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var writer = ZIPWriter()
    do {
      for (name, tensor) in ordered {
        let header = try NPY.encodedHeader(of: tensor, named: "\(path), entry '\(name).npy'")
        try writer.append(header + tensor.withUnsafeBytes { Array($0) }, named: "\(name).npy")
      }
      try AtomicFile.write(Data(try writer.finished()), to: url)
    } catch let problem as ZIPError.Problem {
      throw ZIPError(file: path, problem: problem)
    }
  }
}
