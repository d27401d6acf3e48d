import Networks
import Torch

/// Coordinates of templates rounded to a few levels.
///
/// Templates are brought to length 1, so that coordinates are about `1 / √D`; levels are equally far apart
/// between `±reach / √D`, and what lies beyond takes the outermost. With two levels only signs are left.
public struct TemplateQuantisation: TemplateProtection {
  /// What gradients go through.
  public enum Slope: String, Sendable, CaseIterable {
    /// Those of rounding, which are zero: an attack through it learns nothing.
    case exact
    /// Those of no rounding at all (Bengio et al., arXiv 1308.3432), by which an attacker who knows of the
    /// defence gets round it. A defence is judged by this one.
    case straightThrough
  }

  /// How many levels a coordinate can have.
  public let levels: Int
  /// The outermost levels, in units of `1 / √D`.
  public let reach: Double
  /// What gradients go through.
  public let slope: Slope

  /// A quantisation.
  ///
  /// - Parameters:
  ///   - levels: at least 2.
  ///   - reach: positive.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(
    levels: Int, reach: Double = 2, slope: Slope = .straightThrough
  ) throws(InversionError) {
    guard 2...65_536 ~= levels else {
      throw .setting(name: "levels", value: "\(levels)", allowed: "from 2 to 65536")
    }
    guard reach > 0, reach.isFinite else {
      throw .setting(name: "reach", value: "\(reach)", allowed: "positive and finite")
    }
    self.levels = levels
    self.reach = reach
    self.slope = slope
  }

  /// `quantisation to L levels`.
  public var name: String { "quantisation to \(levels) levels" }
  /// Any.
  public var inputWidth: Int? { nil }
  /// The same.
  public func outputWidth(of width: Int) -> Int { width }

  /// The quantised templates.
  public func protect(_ templates: Tensor) -> Tensor {
    let units = templates.unitRows()
    let end = reach / Double(templates.size(1)).squareRoot()
    let steps = Double(levels - 1)
    let places = (units.detached().clamped(to: -end...end) + end) * (steps / (2 * end))
    // Half a step up before rounding down: libtorch's own rounding goes to the even neighbour.
    let rounded = (places + 0.5).floor().clamped(to: 0...steps) * (2 * end / steps) - end
    switch slope {
    case .exact: return rounded
    case .straightThrough: return units + (rounded - units).detached()
    }
  }
}
