import Perturbations
import Torch

/// The gradient times the input: to first order what the score loses when a feature becomes zero (Shrikumar et
/// al., "Not just a black box: learning important features through propagating activation differences",
/// 2016).
public struct GradientTimesInput: GradientAttribution {
  /// The method.
  public init() {}

  /// What pages say.
  public static let about = AttributionDescription(
    name: "gradient-input", summary: "The gradient times the input.", kind: .gradients,
    isSigned: true, cost: "1 forward and backward pass", source: "Shrikumar et al., 2016")

  /// It has no settings.
  public static let options: [AttributionOption<GradientTimesInput>] = []

  func map(_ inputs: Tensor, _ gradient: Tensor) -> Tensor { gradient * inputs }
}
