import CTorch

/// A TorchScript model that also tells what one of its layers says.
///
/// Several threads may run it at once.
public final class ScriptTap: @unchecked Sendable {
  private let module: ScriptModule
  private let handle: OpaquePointer

  /// A model with an ear at the last call of a layer; `nil` when its `forward` calls no layer of that name,
  /// or only inside of a branch or a loop.
  ///
  /// - Parameter layer: the dotted name, such as `features.3`.
  /// - Throws: ``ScriptError`` when the model's code cannot be worked on.
  public init?(_ module: ScriptModule, layer: String) throws(ScriptError) {
    var result: OpaquePointer?
    if let error = TorchError(taking: ct_tap_new(module.handle, layer, &result), in: layer) {
      throw .notTorchScript(module.url, error)
    }
    guard let result else { return nil }
    self.module = module
    handle = result
  }

  deinit { ct_tap_release(handle) }

  /// Runs the model.
  ///
  /// A layer whose output the next one overwrites, as rectified units often do, is heard after that.
  ///
  /// - Throws: ``ScriptError/failed(_:shape:_:)``.
  public func callAsFunction(
    _ input: Tensor
  ) throws(ScriptError) -> (features: Tensor, output: Tensor) {
    var features: OpaquePointer?
    var output: OpaquePointer?
    let message = withExtendedLifetime(input) {
      ct_tap_forward(handle, input.handle, module.usesChannelsLast, &features, &output)
    }
    if let error = TorchError(taking: message, in: "the model") {
      throw .failed(module.url, shape: input.shape, error)
    }
    guard let features, let output else {
      throw .failed(module.url, shape: input.shape, TorchError("the model returned nothing"))
    }
    return (Tensor(owning: features), Tensor(owning: output))
  }
}

extension ScriptModule {
  /// The dotted names of all layers that the file knows, in its order.
  public func layerNames() throws(ScriptError) -> [String] {
    final class Collector { var names: [String] = [] }
    let collector = Collector()
    let message = ct_script_layers(handle, Unmanaged.passUnretained(collector).toOpaque()) {
      context, name in
      guard let context, let name else { return }
      Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().names
        .append(String(cString: name))
    }
    if let error = TorchError(taking: message, in: "reading the layers") {
      throw .notTorchScript(url, error)
    }
    return collector.names
  }
}
