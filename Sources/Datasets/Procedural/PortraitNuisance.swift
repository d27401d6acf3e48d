import Foundation
import Torch

/// How a portrait was taken: what changes from one picture of a person to the next.
public struct PortraitNuisance: Sendable, Equatable {
  /// The turn of the head about its vertical axis, in radians; positive turns to the image's right.
  public let yaw: Double
  /// The tilt of the head, in radians, clockwise in the image.
  public let roll: Double
  /// The mouth: -1 is sad, 0 neutral, 1 a broad smile.
  public let expression: Double
  /// Where the light comes from: right and down in the image, a vector of length 1 at most.
  public let light: SIMD2<Double>
  /// The grey level behind the person, in [0, 1].
  public let background: Double

  /// A picture taken with these settings; pictures are meant for |yaw| below 0.8.
  public init(
    yaw: Double = 0, roll: Double = 0, expression: Double = 0, light: SIMD2<Double> = .zero,
    background: Double = 0.5
  ) {
    self.yaw = yaw
    self.roll = roll
    self.expression = expression
    self.light = light
    self.background = background
  }

  /// Draws the settings of one picture.
  ///
  /// Yaw, roll and expression are uniform between their bounds, the light is uniform in the disc of
  /// its bound, the background is uniform in [0, 1].
  init(
    drawnFrom stream: inout RandomStream, yaw: Double, roll: Double, expression: Double,
    light: Double
  ) {
    self.yaw = stream.symmetric(yaw)
    self.roll = stream.symmetric(roll)
    self.expression = stream.symmetric(expression)
    let radius = light * stream.uniform().squareRoot()
    let angle = 2 * Double.pi * stream.uniform()
    self.light = SIMD2(cos(angle), sin(angle)) * radius
    background = stream.uniform()
  }

  /// The names of the numbers in ``vector``.
  public static let names = ["yaw", "roll", "expression", "lightX", "lightY", "background"]

  /// All six numbers.
  public var vector: [Double] { [yaw, roll, expression, light.x, light.y, background] }
}
