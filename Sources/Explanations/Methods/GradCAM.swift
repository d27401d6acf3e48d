import Perturbations
import Torch

/// The features of a layer, weighted by how much each of its channels raises the score on average
/// (Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization",
/// ICCV 2017, equations 1 and 2).
public struct GradCAM: FeatureAttribution {
  /// Whether what speaks against the class is cut off, as in the paper.
  public var isRectified: Bool
  /// How maps are brought to the size of the input.
  public var resizing: Resizing

  /// The method.
  public init(isRectified: Bool = true, resizing: Resizing = .bilinear) {
    self.isRectified = isRectified
    self.resizing = resizing
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "grad-cam", summary: "A layer's channels, weighted by their mean gradients.",
    kind: .features, isSigned: false, cost: "1 forward and backward pass",
    source: "Selvaraju et al., ICCV 2017, equations 1 and 2")

  /// The settings.
  public static let options = [
    AttributionOption("rectified", \GradCAM.isRectified, "Cut off what speaks against the class."),
    AttributionOption("resize", \GradCAM.resizing, "How maps get the size of the input."),
  ]

  func weights(_ features: Tensor, _ gradient: Tensor) -> Tensor {
    gradient.mean(along: [2, 3], keepingDimensions: true)
  }
}
