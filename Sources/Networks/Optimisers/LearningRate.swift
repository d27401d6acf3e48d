import Foundation

/// The learning rate at every step.
public struct LearningRate: Sendable, Codable, Equatable {
  /// The shapes there are.
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// The same at all steps.
    case constant
    /// Half a cosine from the peak to the final rate.
    case cosine
    /// A straight line from the peak to the final rate.
    case linear
    /// Multiplied by `factor` every `every` steps.
    case step
    /// The peak, and over the last share of the run `peak * exp(-12.5 s²)`, where s goes from 0 to 1
    /// (Laine and Aila, ICLR 2017, appendix A).
    case rampdown
    /// The peak, and over the last share of the run a straight line to the final rate.
    case trapezoid
  }

  /// The rate after the warm-up.
  public var peak: Double = 1e-3
  /// How it goes on.
  public var shape: Shape = .constant
  /// The share of all steps that climb to the peak in a straight line.
  public var warmup: Double = 0
  /// The rate at the end, of ``Shape/cosine``, ``Shape/linear`` and ``Shape/trapezoid``.
  public var final: Double = 0
  /// What the rate is multiplied with, of ``Shape/step``.
  public var factor: Double = 0.1
  /// After how many steps, of ``Shape/step``.
  public var every: Int = 1000
  /// The share of the run that falls, of ``Shape/rampdown`` and ``Shape/trapezoid``, in (0, 1].
  public var over: Double = 0.2

  /// A rate.
  public init(
    _ peak: Double = 1e-3, shape: Shape = .constant, warmup: Double = 0, final: Double = 0,
    factor: Double = 0.1, every: Int = 1000, over: Double = 0.2
  ) {
    self.peak = peak
    self.shape = shape
    self.warmup = warmup
    self.final = final
    self.factor = factor
    self.every = every
    self.over = over
  }

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let standard = LearningRate()
    peak = try fields.decodeIfPresent(Double.self, forKey: .peak) ?? standard.peak
    shape = try fields.decodeIfPresent(Shape.self, forKey: .shape) ?? standard.shape
    warmup = try fields.decodeIfPresent(Double.self, forKey: .warmup) ?? standard.warmup
    final = try fields.decodeIfPresent(Double.self, forKey: .final) ?? standard.final
    factor = try fields.decodeIfPresent(Double.self, forKey: .factor) ?? standard.factor
    every = try fields.decodeIfPresent(Int.self, forKey: .every) ?? standard.every
    over = try fields.decodeIfPresent(Double.self, forKey: .over) ?? standard.over
  }

  /// The rate of a step, counted from 0, of a run of `total` steps.
  public func rate(at step: Int, of total: Int) -> Double {
    let rising = (warmup * Double(total)).rounded()
    if Double(step) < rising { return peak * Double(step + 1) / rising }
    let progress = min(1, (Double(step) - rising) / max(1, Double(total) - rising))
    switch shape {
    case .constant: return peak
    case .cosine: return final + (peak - final) * (1 + cos(.pi * progress)) / 2
    case .linear: return peak + (final - peak) * progress
    case .step: return peak * pow(factor, Double(step / max(1, every)))
    case .rampdown:
      let s = fallen(at: step, of: total)
      return peak * exp(-12.5 * s * s)
    case .trapezoid: return peak + (final - peak) * min(1, fallen(at: step, of: total))
    }
  }

  /// The share of the last part of the run that is over.
  private func fallen(at step: Int, of total: Int) -> Double {
    let length = over * Double(total)
    return max(0, Double(step) - (Double(total) - length)) / max(1, length)
  }
}
