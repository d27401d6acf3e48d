import Foundation
import Torch

/// A finished classifier: what an audit attacks, from several threads at once.
public protocol Classifier: Sendable {
  /// The number of classes, K.
  var classCount: Int { get }
  /// The shape of one input, without the batch dimension.
  var inputShape: [Int] { get }
  /// The logits `[N, K]` of inputs `[N, …]`.
  func logits(_ inputs: Tensor) throws -> Tensor
  /// Weights and buffers by name, to see whether an answer moves them; `nil` where they are not known.
  func state() throws -> [String: Tensor]?
}

extension Classifier {
  /// Not known, unless a classifier says so.
  public func state() throws -> [String: Tensor]? { nil }
}

/// A network built here, in evaluation mode.
///
/// The network is shared, not copied, unless it has constrained layers: these are made plain, from their
/// parameters as they are now. It is Sendable because an evaluation pass only reads: whoever makes a frozen
/// network promises not to train it while it is in use.
public struct FrozenNetwork: Classifier, @unchecked Sendable {
  /// The number of classes.
  public let classCount: Int
  /// The shape of one input.
  public let inputShape: [Int]
  package let network: any Layer
  /// The network as it was given, whose constrained layers have their free parameters.
  package let source: any Layer

  /// A view of a network.
  public init(_ network: any Layer, inputShape: [Int], classCount: Int) {
    source = network
    self.network = network.frozen()
    self.inputShape = inputShape
    self.classCount = classCount
  }

  /// The logits of inputs.
  public func logits(_ inputs: Tensor) throws -> Tensor {
    try attempt { network(inputs).classLogits(classCount) }
  }

  /// Weights and buffers by their dotted names.
  public func state() -> [String: Tensor]? { network.state() }
}

/// A classifier that was traced or scripted in PyTorch.
public struct ScriptClassifier: Classifier {
  /// The number of classes.
  public let classCount: Int
  /// The shape of one input.
  public let inputShape: [Int]
  package let module: ScriptModule
  private let normalisation: (mean: Tensor, standardDeviation: Tensor)?

  /// A classifier from a TorchScript file, checked with a batch of two inputs.
  ///
  /// - Parameters:
  ///   - example: two inputs of the data, `[2, …]`: the model must accept them.
  ///   - mean: subtracted from every channel before the model sees an input.
  ///   - standardDeviation: what every channel is divided by after that.
  /// - Throws: `ScriptError` when the file is not TorchScript or the model cannot take the input;
  ///   ``ClassifierError`` when its output is not `[N, classCount]`.
  public init(
    contentsOf url: URL, example: Tensor, classCount: Int, mean: [Double] = [],
    standardDeviation: [Double] = [], device: Device = .cpu
  ) throws {
    let module = try ScriptModule(contentsOf: url, device: device)
    inputShape = Array(example.shape.dropFirst())
    normalisation = try Self.normalisation(
      mean, standardDeviation, channels: inputShape.first ?? 1, device)
    self.module = module
    self.classCount = classCount
    let example = example.to(device)
    let output = try withoutGradients { try logits(example) }
    guard output.rank == 2, output.size(0) == example.size(0) else {
      throw ClassifierError.outputShape(
        path: url.path, shape: output.shape, inputs: example.shape)
    }
    guard output.size(1) == classCount else {
      throw ClassifierError.classCount(
        path: url.path, outputs: output.size(1), classes: classCount)
    }
    try module.preferChannelsLast(trying: normalised(example))
  }

  /// The logits of inputs, which are normalised first where that was declared.
  public func logits(_ inputs: Tensor) throws -> Tensor {
    try module(normalised(inputs)).classLogits(classCount)
  }

  /// Parameters and buffers by their dotted names.
  public func state() throws -> [String: Tensor]? { try module.state() }

  /// What the model calls for inputs as it sees them, normalised.
  ///
  /// - Throws: `ScriptError`.
  package func recording(_ inputs: Tensor) throws -> ScriptRecording {
    try module.recording(inputs)
  }

  /// The smallest standard deviation that inputs are divided by; 1 where there is none.
  package var leastDeviation: Double {
    normalisation.map { $0.standardDeviation.min().item } ?? 1
  }

  /// What the module itself sees.
  package func normalised(_ inputs: Tensor) throws -> Tensor {
    guard let normalisation else { return inputs }
    return try attempt { (inputs - normalisation.mean) / normalisation.standardDeviation }
  }

  private static func normalisation(
    _ mean: [Double], _ deviation: [Double], channels: Int, _ device: Device
  ) throws(ClassifierError) -> (mean: Tensor, standardDeviation: Tensor)? {
    guard !mean.isEmpty || !deviation.isEmpty else { return nil }
    let means = mean.isEmpty ? Array(repeating: 0, count: deviation.count) : mean
    let deviations = deviation.isEmpty ? Array(repeating: 1, count: mean.count) : deviation
    guard means.count == deviations.count, [1, channels].contains(means.count),
      deviations.allSatisfy({ $0 > 0 && $0.isFinite }), means.allSatisfy(\.isFinite)
    else { throw .normalisation(mean: mean, deviation: deviation, channels: channels) }
    let shape = [1, means.count, 1, 1]
    return (
      Tensor(means, shape: shape).to(.float32).to(device),
      Tensor(deviations, shape: shape).to(.float32).to(device)
    )
  }
}

/// Why a model cannot be used as a classifier of some data.
public enum ClassifierError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The output is not one row of logits an example.
  case outputShape(path: String, shape: [Int], inputs: [Int])
  /// The model and the data have different numbers of classes.
  case classCount(path: String, outputs: Int, classes: Int)
  /// A mean or standard deviation does not fit the channels.
  case normalisation(mean: [Double], deviation: [Double], channels: Int)

  /// What was wrong.
  public var description: String {
    switch self {
    case .outputShape(let path, let shape, let inputs):
      """
      \(path): the model's output has the shape \(shape) for inputs of \(inputs), a classifier's \
      has [\(inputs.first ?? 0), classes]
      """
    case .classCount(let path, let outputs, let classes):
      "\(path): the model has \(outputs) outputs but the data has \(classes) classes"
    case .normalisation(let mean, let deviation, let channels):
      "the mean \(mean) and standard deviation \(deviation) do not fit \(channels) channels"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .outputShape: "export the model so that it returns one row of logits for every example"
    case .classCount: "use the data that the model was trained for"
    case .normalisation: "give one number, or one for every channel; deviations are positive"
    }
  }
}
