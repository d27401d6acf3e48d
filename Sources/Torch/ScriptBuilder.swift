import CTorch
import Foundation

/// Builds a TorchScript module: a tree of parameters, buffers and children with a `forward` in
/// TorchScript source.
///
/// What it saves opens in Python with `torch.jit.load` and gives the same numbers.
public final class ScriptBuilder {
  private let handle: OpaquePointer?

  /// A module without contents.
  ///
  /// - Parameter className: a name for Python to print, letters, digits and underscores.
  public init(className: String) throws(TorchError) {
    var result: OpaquePointer?
    if let error = TorchError(taking: ct_script_new(className, &result), in: "exporting") {
      throw error
    }
    handle = result
  }

  deinit { ct_script_release(handle) }

  private func check(_ message: UnsafeMutablePointer<CChar>?) throws(TorchError) {
    if let error = TorchError(taking: message, in: "exporting") { throw error }
  }

  /// Adds a parameter.
  public func add(parameter tensor: Tensor, named name: String) throws(TorchError) {
    let copy = tensor.detached().copy()
    try check(
      withExtendedLifetime(copy) { ct_script_register_parameter(handle, name, copy.handle) })
  }

  /// Adds a buffer.
  public func add(buffer tensor: Tensor, named name: String) throws(TorchError) {
    let copy = tensor.detached().copy()
    try check(withExtendedLifetime(copy) { ct_script_register_buffer(handle, name, copy.handle) })
  }

  /// Adds a child.
  public func add(module child: ScriptBuilder, named name: String) throws(TorchError) {
    try check(
      withExtendedLifetime(child) { ct_script_register_module(handle, name, child.handle) })
  }

  /// Defines a method, such as `def forward(self, x): return torch.relu(x)`.
  public func define(_ source: String) throws(TorchError) {
    try check(ct_script_define(handle, source))
  }

  /// Writes the module, in evaluation mode, to a file.
  public func save(to url: URL) throws(TorchError) {
    try check(ct_script_save(handle, url.path))
  }
}
