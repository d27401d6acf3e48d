import Torch
import Training

/// The audited classifier as losses see it: a white box whose features and last layer are known.
public struct TargetModel: Sendable {
  /// What it says of images.
  public struct Answers: Sendable {
    /// The logits `[B, C]`.
    public let logits: Tensor
    /// What the last layer sees, `[B, D]`.
    public let features: Tensor

    /// Answers.
    public init(logits: Tensor, features: Tensor) {
      self.logits = logits
      self.features = features
    }
  }

  /// What it is called.
  public let name: String
  /// The weights of the last layer, `[C, D]`.
  public let directions: Tensor
  private let answer: @Sendable (Tensor) throws -> Answers

  /// A classifier.
  ///
  /// - Parameters:
  ///   - directions: the weights of the last layer, `[C, D]`.
  ///   - answer: of images `[B, C, H, W]` in the range of the data, in evaluation mode, with their history.
  public init(
    name: String, directions: Tensor, answer: @escaping @Sendable (Tensor) throws -> Answers
  ) {
    self.name = name
    self.directions = directions.detached()
    self.answer = answer
  }

  /// What it says of images.
  ///
  /// - Throws: ``InversionError`` for answers of other shapes; what the classifier throws.
  public func callAsFunction(_ images: Tensor) throws -> Answers {
    let answers = try attempt { try answer(images) }
    guard answers.logits.shape == [images.size(0), directions.size(0)] else {
      throw InversionError.templateShape(
        encoder: name, shape: answers.logits.shape, images: images.shape)
    }
    guard answers.features.shape == [images.size(0), directions.size(1)] else {
      throw InversionError.templateWidth(
        encoder: name, width: answers.features.shape.last ?? 0, expected: directions.size(1))
    }
    return answers
  }

  /// What it says of the images of a step, once.
  func answers(to images: MadeImages, in step: StepContext) throws -> Answers {
    try step.shared("target.\(name).\(images.name)") { try self(images.images(in: step)) }
  }
}
