import Networks
import Torch

/// What is known of a tensor that a model computed from its input.
struct RecordedBound {
  /// A bound on its Lipschitz constant as a function of the input, example by example.
  var bound: Double
  /// Where it comes from, where the next operators may make more of it.
  var origin = Origin.plain

  /// Operators that make sense together only.
  enum Origin {
    case plain
    /// A padded tensor with its bound, by how many pixels at every edge and how.
    case padded(bound: Double, amount: Int, mode: ConvolutionPadding)
    /// Nonnegative numbers whose roots have a bound, such as means of squares; `source` made them.
    case squares(rootBound: Double, source: UInt)
    /// The signs of squares.
    case signs(source: UInt)
    /// The smaller or the larger of two parts that make up a tensor with a bound.
    case extremum(bound: Double, source: UInt, dimension: Int, isLargest: Bool)
    /// The first or the second half of a tensor with a bound.
    case part(bound: Double, source: UInt, dimension: Int, index: Int)
    /// Features times a matrix, plus a bias: perhaps the end of the network.
    case affine(before: Double, weight: Tensor)
  }
}

/// Bounds on what a TorchScript model computes, operator by operator as it calls them.
///
/// The model may be traced or scripted. It is run twice with inputs of its data's shape in batches of
/// different sizes; a model that calls other operators the second time, or turns a tensor that depends on
/// its input into a number, has no proof, and neither has one with an operator that is not known here.
struct RecordedNetwork {
  private var bounds: [UInt: RecordedBound]
  /// Tensors live as long as this, so that no other has their identity.
  private let recording: ScriptRecording
  let outputShape: [Int]
  private(set) var output = RecordedBound(bound: .infinity)

  /// - Throws: ``CertificateError/operation(_:reason:)``.
  init(_ classifier: ScriptClassifier) throws {
    func record(_ count: Int) throws(CertificateError) -> ScriptRecording {
      do {
        return try classifier.recording(.zeros([count] + classifier.inputShape))
      } catch {
        throw .operation("forward", reason: "\(error)")
      }
    }
    recording = try record(5)
    let other = try record(7)
    guard recording.calls.map(\.name) == other.calls.map(\.name) else {
      throw CertificateError.operation(
        "forward", reason: "it calls other operators for other batches")
    }
    outputShape = recording.output.shape
    bounds = [
      recording.input.identity: RecordedBound(bound: 1 / classifier.leastDeviation)
    ]
    try withoutGradients {
      for call in recording.calls { try follow(call) }
    }
    guard let last = bounds[recording.output.identity] else {
      throw CertificateError.operation("forward", reason: "its output does not depend on its input")
    }
    output = last
    guard last.bound.isFinite else {
      throw CertificateError.operation("forward", reason: "its output has no finite bound")
    }
  }

  private mutating func follow(_ call: ScriptRecording.Call) throws {
    let known = bounds
    func bound(_ value: ScriptRecording.Value) -> RecordedBound? {
      value.tensor.flatMap { known[$0.identity] }
    }
    let isLive = call.arguments.contains { argument in
      if case .tensors(let list) = argument {
        return list.contains { known[$0.identity] != nil }
      }
      return bound(argument) != nil
    }
    // What does not depend on the input is a constant.
    guard isLive else { return }
    guard let rule = RecordedRules.all[call.name] else {
      throw CertificateError.operation(call.name, reason: "there is no bound on it")
    }
    let context = RecordedCall(call: call, bounds: known)
    guard let results = try rule(context) else {
      throw CertificateError.operation(
        call.name, reason: "there is no bound on it with these arguments")
    }
    for (index, tensor) in call.results.tensors.enumerated() {
      // Results that no rule speaks of, such as indices, depend on the input in ways without a bound.
      bounds[tensor.identity] = results[safe: index] ?? RecordedBound(bound: .infinity)
    }
  }
}

/// One call with what is known of its arguments.
struct RecordedCall {
  let call: ScriptRecording.Call
  let bounds: [UInt: RecordedBound]

  /// What is known of an argument; `nil` for constants.
  func bound(_ index: Int) -> RecordedBound? {
    tensor(index).flatMap { bounds[$0.identity] }
  }

  /// The tensor that an argument is.
  func tensor(_ index: Int) -> Tensor? { call.arguments[safe: index]?.tensor }

  /// A tensor that does not depend on the input, in double precision.
  func constant(_ index: Int) -> Tensor? {
    guard let tensor = tensor(index), bounds[tensor.identity] == nil else { return nil }
    return tensor.detached().to(.float64)
  }

  /// The largest absolute value of a constant, a tensor or a number.
  func magnitude(_ index: Int) -> Double? {
    call.arguments[safe: index]?.number.map(abs) ?? constant(index)?.abs().max().item
  }

  func integers(_ index: Int) -> [Int]? { call.arguments[safe: index]?.integers }

  /// The one number of a list of equal ones.
  func integer(_ index: Int) -> Int? {
    guard let list = integers(index), Set(list).count == 1 else { return nil }
    return list.first
  }

  /// The first result.
  var output: Tensor? { call.results.tensors.first }
}

extension [ScriptRecording.Value] {
  /// The tensors among them, lists resolved.
  var tensors: [Tensor] {
    flatMap { value -> [Tensor] in
      if case .tensors(let list) = value { return list }
      return value.tensor.map { [$0] } ?? []
    }
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
