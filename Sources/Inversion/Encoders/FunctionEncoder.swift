import Torch

/// An encoder of which nothing is known but what it answers.
public struct FunctionEncoder: TemplateEncoder {
  /// What it is called.
  public let name: String
  /// The shape of one image.
  public let inputShape: [Int]
  /// The number of coordinates of a template.
  public let templateWidth: Int
  private let identity: String
  private let function: @Sendable (Tensor) throws -> Tensor

  /// An encoder.
  ///
  /// - Parameters:
  ///   - identity: what tells it from others, such as a version; the name when `nil`.
  ///   - function: from images `[N, C, H, W]` to templates `[N, D]`.
  public init(
    name: String, identity: String? = nil, inputShape: [Int], templateWidth: Int,
    function: @escaping @Sendable (Tensor) throws -> Tensor
  ) {
    self.name = name
    self.identity = identity ?? name
    self.inputShape = inputShape
    self.templateWidth = templateWidth
    self.function = function
  }

  /// The templates of images.
  public func templates(of images: Tensor) throws -> Tensor { try function(images) }

  /// What it was said to be.
  public func fingerprint() -> String { identity }
}
