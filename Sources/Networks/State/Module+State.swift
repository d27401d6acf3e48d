import Foundation
import Torch

extension Module {
  private var savedBuffers: [(name: String, buffer: Buffer)] {
    namedBuffers.filter(\.buffer.isPersistent)
  }

  /// All weights and persistent buffers by their dotted names.
  public func state() -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (name, parameter) in namedParameters { state[name] = parameter.value.detached() }
    for (name, buffer) in savedBuffers { state[name] = buffer.wrappedValue }
    return state
  }

  /// Takes over weights and buffers.
  ///
  /// - Throws: ``StateError`` when names are missing, unexpected, or have another shape; nothing is
  ///   changed then.
  public func load(_ state: [String: Tensor], source: String = "the state") throws(StateError) {
    let parameters = namedParameters
    let buffers = savedBuffers
    let expected =
      parameters.map { ($0.name, $0.parameter.value.shape) }
      + buffers.map { ($0.name, $0.buffer.wrappedValue.shape) }
    let missing = expected.filter { state[$0.0] == nil }.map(\.0)
    let unexpected = state.keys.filter { key in !expected.contains { $0.0 == key } }.sorted()
    let wrong = expected.compactMap { name, shape in
      state[name].flatMap { $0.shape == shape ? nil : "\(name) \($0.shape) instead of \(shape)" }
    }
    guard missing.isEmpty, unexpected.isEmpty, wrong.isEmpty else {
      throw StateError(source: source, missing: missing, unexpected: unexpected, wrongShape: wrong)
    }
    for (name, parameter) in parameters {
      if let tensor = state[name] {
        parameter.replace(with: tensor.to(parameter.value.dtype).copy())
      }
    }
    for (name, buffer) in buffers {
      if let tensor = state[name] {
        buffer.wrappedValue = tensor.to(buffer.wrappedValue.dtype).copy()
      }
    }
  }

  /// Takes over weights and buffers from a safetensors file.
  ///
  /// - Throws: ``StateError``, or why the file cannot be read.
  public func load(contentsOf url: URL) throws {
    try load(SafeTensors.read(url).tensors, source: url.path)
  }

  /// Writes weights and buffers to a safetensors file.
  public func save(to url: URL, metadata: [String: String] = [:]) throws {
    try SafeTensors.write(state(), metadata: metadata, to: url)
  }
}

/// Why a saved state does not fit a module.
public struct StateError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// Where the state comes from.
  public let source: String
  /// Names that the module has and the state has not.
  public let missing: [String]
  /// Names that the state has and the module has not.
  public let unexpected: [String]
  /// Names with the two shapes.
  public let wrongShape: [String]

  /// All that does not fit.
  public var description: String {
    let parts = [("lacks", missing), ("has the unknown", unexpected), ("has", wrongShape)]
      .filter { !$0.1.isEmpty }.map { "\($0) \($1.joined(separator: ", "))" }
    return "\(source) does not fit the model: it \(parts.joined(separator: "; it "))"
  }

  /// All that does not fit.
  public var errorDescription: String? { description }
  /// What to do.
  public var recoverySuggestion: String? {
    "use the model and options that the state was saved from"
  }
}
