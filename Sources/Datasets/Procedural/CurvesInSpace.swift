import Foundation
import Torch

/// Points on two curves in a plane that lies at random in a space of many dimensions: the synthetic
/// sets of virtual adversarial training (Miyato et al., "Distributional smoothing with virtual
/// adversarial training", ICLR 2016, section 4.1).
///
/// Two orthonormal vectors, drawn from the seed, carry the plane into the space. Few points lie on the
/// curves, so a network must be smooth to guess between them, and all other dimensions say nothing.
public struct CurvesInSpace: ProceduralSet {
  /// Which curves.
  public enum Shape: String, Sendable, CaseIterable {
    /// Three quarters of two circles of radius 1 that interlock, about (1/2, -1/4) and its opposite.
    case arcs
    /// Circles of radius 0.15 and 1 about the origin.
    case rings
  }

  /// "curves-in-space".
  public static let name = "curves-in-space"

  /// Which curves.
  public let shape: Shape
  /// The number of dimensions, at least 2.
  public let dimensions: Int
  /// The standard deviation of the noise in each direction of the plane.
  public let noise: Double

  /// Curves in a space of so many dimensions.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for fewer than 2
  ///   dimensions, or a noise that is negative or not finite.
  public init(_ shape: Shape, dimensions: Int = 100, noise: Double = 0.1) throws(ProceduralError) {
    try require(
      2...100_000 ~= dimensions, Self.name, "dimensions", dimensions, "a number from 2 to 100000")
    try requireNoise(noise, in: Self.name)
    self.shape = shape
    self.dimensions = dimensions
    self.noise = noise
  }

  /// The number of dimensions.
  public var exampleShape: [Int] { [dimensions] }

  /// "first" and "second"; of rings the inner one is the first.
  public var classNames: [String] { ["first", "second"] }

  /// Draws points; see ``ProceduralSet/draw(_:seed:part:)``. What is known of a point is its place in
  /// the plane.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<SIMD2<Double>> {
    let streams = ProceduralStreams(set: Self.name, seed: seed, part: part)
    let (first, second) = basis(seed: seed)
    return try streams.draw(count, shape: [dimensions]) { index, values in
      let label = streams.label(index, classes: 2)
      var stream = streams.example(index)
      let onCurve = point(at: stream.uniform(), of: label)
      let place = onCurve + noise * SIMD2(stream.normal(), stream.normal())
      for axis in values.indices {
        values[axis] = Float(place.x * first[axis] + place.y * second[axis])
      }
      return (label, place)
    }
  }

  /// The point at a share of the length, from 0 to 1, of a curve in the plane.
  public func point(at share: Double, of label: Int) -> SIMD2<Double> {
    switch shape {
    case .arcs:
      // From a quarter turn to a whole one, and the same turned about the origin by half a turn.
      let angle = Double.pi * (0.5 + 1.5 * share)
      let arc = SIMD2(cos(angle) - 0.5, sin(angle) + 0.25)
      return label == 0 ? arc : -arc
    case .rings:
      let angle = 2 * Double.pi * share
      return SIMD2(cos(angle), sin(angle)) * (label == 0 ? 0.15 : 1)
    }
  }

  /// Two orthonormal vectors (Gram and Schmidt).
  func basis(seed: UInt64) -> (first: [Double], second: [Double]) {
    func draw(_ index: UInt64) -> [Double] {
      var stream = RandomStream(seed: seed, purpose: "\(Self.name).basis", index: index)
      return (0..<dimensions).map { _ in stream.normal() }
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func unit(_ a: [Double]) -> [Double] {
      let length = dot(a, a).squareRoot()
      return a.map { $0 / length }
    }
    let first = unit(draw(0))
    let other = draw(1)
    let shared = dot(first, other)
    return (first, unit(zip(other, first).map { $0 - shared * $1 }))
  }
}
