import Perturbations
import Torch

/// How fast the score changes with every feature: the gradient, or its size (Simonyan et al., "Deep inside
/// convolutional networks: visualising image classification models and saliency maps", ICLR workshop 2014,
/// section 3).
public struct Saliency: GradientAttribution {
  /// Whether the map is the size of the gradient; it is the gradient with its signs otherwise.
  public var isAbsolute: Bool

  /// The method.
  public init(isAbsolute: Bool = true) { self.isAbsolute = isAbsolute }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "saliency", summary: "The size of the score's gradient at the input.", kind: .gradients,
    isSigned: false, cost: "1 forward and backward pass",
    source: "Simonyan et al., ICLR workshop 2014, section 3")

  /// The settings.
  public static let options = [
    AttributionOption(
      "absolute", \Saliency.isAbsolute, "Sizes; false keeps the signs of the gradient.")
  ]

  func map(_ inputs: Tensor, _ gradient: Tensor) -> Tensor {
    isAbsolute ? gradient.abs() : gradient
  }
}
