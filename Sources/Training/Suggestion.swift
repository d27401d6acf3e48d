import Foundation

/// A setting that the scale of the data suggests, with the reason.
///
/// These are places to begin, not optima: none was chosen by its results on the data at hand.
public struct Suggestion: Sendable, Equatable {
  /// The term or attack that it is for.
  public let method: String
  /// The setting, such as `radius`.
  public let setting: String
  /// The value.
  public let value: Double
  /// Why.
  public let reason: String

  /// What a data set suggests.
  public static func settings(for scale: DataScale) -> [Suggestion] {
    let half = rounded(scale.closestClasses / 2)
    let quarter = rounded(scale.closestClasses / 4)
    let spread = rounded(quarter / Double(scale.featureCount).squareRoot())
    let distance = text(scale.closestClasses)
    return [
      Suggestion(
        method: "virtual-adversarial, all labels", setting: "radius", value: half,
        reason: """
          half of \(distance), below which only 5 % of examples have another class: farther out a \
          prediction should change
          """),
      Suggestion(
        method: "virtual-adversarial, few labels", setting: "radius", value: quarter,
        reason: """
          half of that again: without labels the smoothest answer is to know nothing, and a large \
          ball makes it attractive
          """),
      Suggestion(
        method: "virtual-adversarial", setting: "step", value: 1e-2,
        reason: """
          in units of each example's root mean square, here \(text(scale.rootMeanSquare)): exact to \
          four digits in float32, where 1e-6 is half rounding
          """),
      Suggestion(
        method: "virtual-adversarial, few labels", setting: "entropy weight", value: 0.3,
        reason: "keeps predictions from becoming uncertain, which smoothness alone rewards"),
      Suggestion(
        method: "fgm-cross-entropy, l2", setting: "radius", value: half,
        reason: "as for virtual adversarial directions"),
      Suggestion(
        method: "noise-cross-entropy", setting: "deviation", value: spread,
        reason: """
          normal noise of this deviation in \(scale.featureCount) features has a Euclidean length of \
          \(text(quarter)); most directions change nothing, so more is usually borne
          """),
      Suggestion(
        method: "gradient-penalty", setting: "weight",
        value: rounded(spread * spread / 2),
        reason: "half the variance of that noise: what it adds to the divergence to second order"),
    ]
  }

  /// What a model suggests as well: weights at which a term's gradients are as long as the
  /// cross-entropy's.
  ///
  /// - Parameters:
  ///   - gradientLength: the median Euclidean length of the cross-entropy's input gradient.
  ///   - divergence: the mean divergence in the virtual adversarial direction at the radius.
  public static func settings(
    gradientLength: Double, divergence: Double, radius: Double, scale: DataScale
  ) -> [Suggestion] {
    [
      Suggestion(
        method: "input-gradient-penalty", setting: "weight",
        value: gradientLength > 0 ? rounded(radius / gradientLength) : 0,
        reason: """
          the squared length of the gradient, at its median \(text(gradientLength)), then counts as \
          much as a perturbation of length \(text(radius)) gains to first order
          """),
      Suggestion(
        method: "virtual-adversarial", setting: "weight", value: 1,
        reason: """
          the divergence at radius \(text(radius)) is \(text(divergence)) nats: \
          \(divergence < 0.01 ? "hardly felt; raise the radius before the weight" : "felt as it is")
          """),
    ]
  }

  private static func rounded(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    let power = pow(10, floor(log10(value)) - 1)
    return (value / power).rounded() * power
  }

  private static func text(_ value: Double) -> String { String(format: "%.3g", value) }
}
