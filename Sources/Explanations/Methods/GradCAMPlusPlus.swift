import Perturbations
import Torch

/// Grad-CAM with weights that find several occurrences of a class (Chattopadhay et al., "Grad-CAM++:
/// generalized gradient-based visual explanations for deep convolutional networks", WACV 2018, equation 19,
/// with the closed form for a score passed through an exponential).
///
/// With g the gradient and A the features, the coefficient of a place is
/// `g² / (2 g² + g³ Σ A)`, and the weight of a channel the sum of coefficients times the positive part of g.
public struct GradCAMPlusPlus: FeatureAttribution {
  /// What is added up over places.
  public enum Pooling: String, Sendable, CaseIterable {
    /// Sums, as in the paper.
    case sum
    /// Means, as in xplique: another weighting, not another scale, since the sum stands in a denominator.
    case mean
  }

  /// Whether what speaks against the class is cut off, as in the paper.
  public var isRectified: Bool
  /// How maps are brought to the size of the input.
  public var resizing: Resizing
  /// What is added up over places.
  public var pooling: Pooling

  /// The method.
  public init(
    isRectified: Bool = true, resizing: Resizing = .bilinear, pooling: Pooling = .sum
  ) {
    self.isRectified = isRectified
    self.resizing = resizing
    self.pooling = pooling
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "grad-cam++", summary: "Grad-CAM with weights for several occurrences of a class.",
    kind: .features, isSigned: false, cost: "1 forward and backward pass",
    source: "Chattopadhay et al., WACV 2018, equation 19")

  /// The settings.
  public static let options = [
    AttributionOption(
      "rectified", \GradCAMPlusPlus.isRectified, "Cut off what speaks against the class."),
    AttributionOption("resize", \GradCAMPlusPlus.resizing, "How maps get the size of the input."),
    AttributionOption(
      "pooling", \GradCAMPlusPlus.pooling, "Sums over places as in the paper, or means."),
  ]

  func weights(_ features: Tensor, _ gradient: Tensor) -> Tensor {
    func pooled(_ values: Tensor) -> Tensor {
      pooling == .sum
        ? values.sum(along: [2, 3], keepingDimensions: true)
        : values.mean(along: [2, 3], keepingDimensions: true)
    }
    let square = gradient.squared()
    let below = square * 2 + square * gradient * pooled(features)
    // Where the gradient is zero there is nothing to be weighed.
    let coefficients = (square / below).where(below.notEqual(to: 0), else: 0)
    return pooled(coefficients * gradient.relu())
  }
}
