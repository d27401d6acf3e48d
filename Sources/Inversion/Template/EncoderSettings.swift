import Foundation
import Networks
import Training

/// Where an encoder comes from: a file, or training on public people with ArcFace.
public struct EncoderSettings: Sendable, Codable, Equatable {
  /// The folder of a run of an encoder's recipe, or a TorchScript file; trained here when `nil`.
  public var path: String?
  /// The name of the network.
  public var model = "identity-cnn"
  /// Numbers that change it, such as `width`.
  public var options: [String: Double] = [:]
  /// The scale of ArcFace.
  public var scale = 30.0
  /// The margin of ArcFace in radians.
  public var margin = 0.5
  /// The margin at the start.
  public var startMargin = 0.2
  /// The share of the training over which the margin grows.
  public var ramp = 0.5
  /// By how many pixels images are shifted at most, at random; not at all when `nil`.
  public var shift: Int?
  /// Whether images are mirrored at random; not when `nil`.
  public var flip: Bool?
  /// How it is trained.
  public var training = TrainerSettings()
  /// The seed of weights and order. It is not the run's: runs differ in the attack on the same encoders.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
      try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
    }
    path = try fields.decodeIfPresent(String.self, forKey: .path)
    model = try read(.model, model)
    options = try read(.options, options)
    scale = try read(.scale, scale)
    margin = try read(.margin, margin)
    startMargin = try read(.startMargin, startMargin)
    ramp = try read(.ramp, ramp)
    shift = try fields.decodeIfPresent(Int.self, forKey: .shift)
    flip = try fields.decodeIfPresent(Bool.self, forKey: .flip)
    training = try read(.training, training)
    seed = try read(.seed, seed)
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: `ModelError` for a network that is not known; `TrainingError` for settings of the training.
  public func validate() throws {
    guard path == nil else { return }
    guard ModelRegistry.encoderNames.contains(model) else {
      throw ModelError.unknownModel(model, known: ModelRegistry.encoderNames)
    }
    try training.validate()
    _ = try loss()
  }

  /// Checks that what it is read from is there, where it is read.
  ///
  /// - Parameter role: what it is for.
  /// - Throws: ``InversionError/noEncoder(path:role:)``.
  package func checkPath(as role: String) throws(InversionError) {
    guard let path, !FileManager.default.fileExists(atPath: path) else { return }
    throw .noEncoder(path: path, role: role)
  }

  /// What it learns with.
  func loss() throws(TrainingError) -> ArcFace {
    try ArcFace(scale: scale, margin: MarginRamp(from: startMargin, to: margin, over: ramp))
  }
}
