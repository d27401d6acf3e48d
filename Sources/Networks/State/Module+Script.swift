import Foundation
import Torch

extension Layer {
  /// The layer with all its children as a TorchScript module in evaluation mode; constrained layers as
  /// the plain ones that they are now.
  public func script() throws -> ScriptBuilder {
    if let constrained = self as? any ConstrainedLayer {
      return try withoutGradients { constrained.materialised() }.script()
    }
    let source = scriptSource.split(separator: "\n").map { "    \($0)\n" }.joined()
    let builder = try Self.node(of: parts, className: "\(Self.self)")
    try builder.define("def forward(self, x):\n\(source)")
    return builder
  }

  /// Writes the layer as a TorchScript file that `torch.jit.load` opens in Python.
  ///
  /// - Throws: why the file could not be written; nothing is left behind then.
  public func export(to url: URL) throws {
    let builder = try script()
    let temporary = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: temporary) }
    try builder.save(to: temporary)
    try AtomicFile.write(Data(contentsOf: temporary), to: url)
  }

  private static func node(
    of parts: [(name: String, part: Any)], className: String
  ) throws -> ScriptBuilder {
    let builder = try ScriptBuilder(className: className)
    for (name, part) in parts { try add(part, named: name, to: builder) }
    return builder
  }

  private static func add(_ part: Any, named name: String, to builder: ScriptBuilder) throws {
    if let parameter = part as? Parameter {
      try builder.add(parameter: parameter.value, named: name)
    } else if let buffer = part as? Buffer {
      try builder.add(buffer: buffer.wrappedValue, named: name)
    } else if let layer = part as? any Layer {
      try builder.add(module: layer.script(), named: name)
    } else if let list = part as? [any Layer] {
      let children = list.enumerated().map { (name: "\($0)", part: $1 as Any) }
      try builder.add(module: node(of: children, className: "List"), named: name)
    } else if case let mirror = Mirror(reflecting: part), mirror.displayStyle == .optional,
      let content = mirror.children.first
    {
      try add(content.value, named: name, to: builder)
    }
  }
}
