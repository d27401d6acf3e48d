import Foundation
import Networks
import Torch

/// A finished diffusion model of images, from which anything can be sampled.
///
/// It is Sendable because an evaluation pass only reads: whoever makes one promises not to train the
/// network while it is in use.
public struct Prior: @unchecked Sendable {
  /// What the model is, beside its weights.
  public struct Description: Sendable, Codable, Equatable {
    /// The network.
    public var network: UNetSettings
    /// The shape of one image, `[C, H, W]`.
    public var imageShape: [Int]
    /// The number of classes, where it knows such.
    public var classes: Int?
    /// The width of vectors: of learned ones for classes, or of those that it is given.
    public var vectors: Int?
    /// The standard deviation of the training images in [-1, 1].
    public var dataDeviation: Double
    /// The values of the data.
    public var range: PixelRange
    /// The names of the classes.
    public var classNames: [String]
    /// A digest of the weights of the encoder whose templates, scaled to length 1, the vectors are; `nil` where
    /// they are something else.
    public var encoder: String?

    /// A description.
    public init(
      network: UNetSettings, imageShape: [Int], classes: Int? = nil, vectors: Int? = nil,
      dataDeviation: Double = 0.5,
      range: PixelRange = PixelRange(), classNames: [String] = []
    ) {
      self.network = network
      self.imageShape = imageShape
      self.classes = classes
      self.vectors = vectors
      self.dataDeviation = dataDeviation
      self.range = range
      self.classNames = classNames
    }

    /// What images are conditioned on.
    public var conditioning: Conditioning {
      if let classes { return .classes(classes, width: vectors) }
      return vectors.map { .vectors($0) } ?? .none
    }

    /// The network with random weights.
    ///
    /// - Throws: ``DiffusionError`` for settings that cannot be.
    public func makeNetwork(using generator: Generator) throws(DiffusionError) -> DenoisingNetwork {
      try range.validate()
      return try DenoisingNetwork(
        network, imageShape: imageShape, conditioning: conditioning,
        preconditioning: Preconditioning(dataDeviation: dataDeviation), using: generator)
    }
  }

  /// What the model is.
  public let description: Description
  /// The network.
  public let network: any DenoisingModel

  /// A prior of a network with the weights that it has now.
  public init(_ network: any DenoisingModel, description: Description) {
    self.network = network
    self.description = description
  }

  /// A prior as ``save(to:)`` wrote it.
  ///
  /// - Throws: ``DiffusionError/prior(path:reason:)``, or why the weights do not fit.
  public init(contentsOf folder: URL) throws {
    let file = folder.appending(path: "prior.json")
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw DiffusionError.prior(path: file.path, reason: "it is not there")
    }
    let description: Description
    do {
      description = try JSONDecoder().decode(Description.self, from: data)
    } catch {
      throw DiffusionError.prior(path: file.path, reason: "it is no description (\(error))")
    }
    let network = try description.makeNetwork(using: Generator(seed: 0, purpose: "weights"))
    try network.load(contentsOf: folder.appending(path: "prior.safetensors"))
    self.init(network, description: description)
  }

  /// Writes `prior.safetensors` and `prior.json` to a folder.
  public func save(to folder: URL) throws {
    try network.save(to: folder.appending(path: "prior.safetensors"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(
      try encoder.encode(description), to: folder.appending(path: "prior.json"))
  }

  /// The vectors of classes, or the vectors themselves.
  ///
  /// - Throws: ``DiffusionError`` for classes that the prior does not know.
  public func condition(ofClasses labels: [Int]) throws -> Tensor {
    let count = description.classes ?? 0
    for label in labels {
      try DiffusionError.require(
        0..<count ~= label, "class", label,
        count == 0 ? "left out, since the prior has no classes" : "from 0 to \(count - 1)")
    }
    guard let vectors = withoutGradients({ network.condition(ofClasses: Tensor(labels)) }) else {
      throw DiffusionError.condition(shape: nil, expected: [labels.count, network.conditionWidth])
    }
    return vectors
  }
}
