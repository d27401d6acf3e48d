import CTorch
import Foundation

/// A model that was traced or scripted by `torch.jit` in Python, or exported by ``ScriptBuilder``.
///
/// It is in evaluation mode and its parameters are constants: gradients flow to its input only.
/// Several threads may run it at once.
public final class ScriptModule: @unchecked Sendable {
  /// Where it was loaded from.
  public let url: URL
  let handle: OpaquePointer
  // Written before the module is shared.
  private(set) var usesChannelsLast = false

  /// Loads a TorchScript file.
  ///
  /// - Throws: ``ScriptError`` when there is no such file, or it is not TorchScript.
  public init(contentsOf url: URL, device: Device = .cpu) throws(ScriptError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw .missing(url)
    }
    guard !isDirectory.boolValue else { throw .directory(url) }
    var result: OpaquePointer?
    if let error = TorchError(taking: ct_script_load(url.path, &result), in: "loading") {
      throw .notTorchScript(url, error)
    }
    guard let result else { throw .notTorchScript(url, TorchError("libtorch returned nothing")) }
    self.url = url
    handle = result
    let message =
      ct_script_to(handle, device.description) ?? ct_script_set_requires_gradient(handle, false)
    if let error = TorchError(taking: message, in: "loading") { throw .notTorchScript(url, error) }
  }

  deinit { ct_script_release(handle) }

  /// Runs the model.
  ///
  /// - Throws: ``ScriptError/failed(_:shape:_:)`` when the model cannot take the input or does not
  ///   return one tensor.
  public func callAsFunction(_ input: Tensor) throws(ScriptError) -> Tensor {
    var result: OpaquePointer?
    let message = withExtendedLifetime(input) {
      ct_script_forward(handle, input.handle, usesChannelsLast, &result)
    }
    if let error = TorchError(taking: message, in: "the model") {
      throw .failed(url, shape: input.shape, error)
    }
    guard let result else {
      throw .failed(url, shape: input.shape, TorchError("the model returned nothing"))
    }
    return Tensor(owning: result)
  }

  /// Lays out images and weights with channels next to each other, where the model can work so: on
  /// processors, convolutions and above all pooling are faster that way.
  ///
  /// Models that take views of feature maps cannot; they keep the usual layout. To be called before
  /// the module is shared among threads.
  ///
  /// - Parameter images: a few inputs `[N, C, H, W]` to try it with.
  public func preferChannelsLast(trying images: Tensor) throws(ScriptError) {
    guard images.rank == 4 else { return }
    let usual = try self(images).detached()
    usesChannelsLast = true
    if ct_script_set_channels_last(handle, true) == nil,
      let output = try? withoutGradients({ try self(images) }), output.shape == usual.shape,
      (output - usual).abs().lessOrEqual(to: usual.abs() * 1e-4 + 1e-5).all
    {
      return
    }
    usesChannelsLast = false
    if let error = TorchError(taking: ct_script_set_channels_last(handle, false), in: "loading") {
      throw .notTorchScript(url, error)
    }
  }

  /// Parameters and buffers by their dotted names.
  public func state() throws(ScriptError) -> [String: Tensor] {
    final class Collector { var state: [String: Tensor] = [:] }
    let collector = Collector()
    let message = ct_script_state(handle, Unmanaged.passUnretained(collector).toOpaque()) {
      context, name, _, tensor in
      guard let context, let name, let tensor else { return }
      let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
      collector.state[String(cString: name)] = Tensor(owning: tensor)
    }
    if let error = TorchError(taking: message, in: "reading the state") {
      throw .notTorchScript(url, error)
    }
    return collector.state
  }
}

/// Why a TorchScript model could not be used.
public enum ScriptError: LocalizedError, CustomStringConvertible, Sendable {
  /// There is no such file.
  case missing(URL)
  /// A folder stands where the file should be.
  case directory(URL)
  /// The file is there but is not TorchScript.
  case notTorchScript(URL, TorchError)
  /// The model failed on an input of a shape.
  case failed(URL, shape: [Int], TorchError)

  /// What was wrong, and where.
  public var description: String {
    switch self {
    case .missing(let url): "\(url.path): there is no such file"
    case .directory(let url): "\(url.path) is a folder, not a TorchScript file"
    case .notTorchScript(let url, let error):
      "\(url.path) is not a TorchScript model (\(error.firstLine))"
    case .failed(let url, let shape, let error):
      "\(url.path): the model failed on an input of shape \(shape) (\(error.lastLine))"
    }
  }

  /// What was wrong, and where.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .missing: "check the path"
    case .directory, .notTorchScript:
      "export the model in Python with torch.jit.trace(model.eval(), example).save('model.pt')"
    case .failed:
      "check that the model was exported for inputs of this shape and number of channels"
    }
  }
}

extension TorchError {
  /// The first line of a message that may hold a whole TorchScript trace.
  var firstLine: String {
    description.split(separator: "\n", omittingEmptySubsequences: true).first.map(String.init) ?? ""
  }

  /// The line that says what failed: TorchScript puts it at the end, after the trace.
  var lastLine: String {
    description.split(separator: "\n").last { !$0.trimmingCharacters(in: .whitespaces).isEmpty }
      .map(String.init) ?? ""
  }
}
