import Torch

/// What a perturbation may be: how long at most, in which norm, which features, and within which
/// limits of the data.
public struct Ball: Sendable {
  /// How perturbations are measured.
  public let norm: any Norm
  /// How long they may be, in the data's own units.
  public let radius: Double
  /// The values that inputs can take, such as 0 to 1 for pixels; `nil` when there is no limit.
  public let box: ClosedRange<Double>?
  /// One where a feature may change and zero where not, in the shape of one example.
  public let mask: Tensor?
  /// What one unit of radius is for every feature, in the shape of one example: a perturbation `d`
  /// is as long as `d / scale` in ``norm``.
  public let scale: Tensor?
  /// Which values features can take inside the box.
  public let domain: Domain

  /// A ball.
  ///
  /// - Parameter radius: zero or positive; infinite to ask attacks for the shortest perturbation,
  ///   however long.
  /// - Throws: ``PerturbationError`` when the radius is negative or not a number, or the scale is not
  ///   positive.
  public init(
    _ norm: any Norm, radius: Double, box: ClosedRange<Double>? = nil, mask: Tensor? = nil,
    scale: Tensor? = nil, domain: Domain = .real
  ) throws(PerturbationError) {
    guard radius >= 0 else { throw .radius(radius) }
    if let scale, !(scale.isFinite.and(scale.greater(than: 0))).all { throw .scale }
    self.norm = norm
    self.radius = radius
    self.box = box
    self.mask = mask
    self.scale = scale
    self.domain = domain
  }

  /// A ball in the maximum norm with a radius for every feature, in the shape of one example; features
  /// of radius zero do not change.
  ///
  /// - Throws: ``PerturbationError/radius(_:)`` for one that is negative or not finite.
  public init(
    radii: Tensor, box: ClosedRange<Double>? = nil, domain: Domain = .real
  ) throws(PerturbationError) {
    if let wrong = radii.values(as: Double.self).first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .radius(wrong)
    }
    let isFree = radii.greater(than: 0)
    try self.init(
      LInf(), radius: 1, box: box, mask: isFree.to(radii.dtype),
      scale: radii.where(isFree, else: 1),
      domain: domain)
  }

  /// The same ball with another radius.
  public func with(radius: Double) throws(PerturbationError) -> Ball {
    try Ball(norm, radius: radius, box: box, mask: mask, scale: scale, domain: domain)
  }

  /// Checks that inputs `[N, …]` are numbers that lie in the box, and that mask and scale fit them.
  public func validate(_ inputs: Tensor, indices: [Int]) throws(PerturbationError) {
    let shape = Array(inputs.shape.dropFirst())
    if let mask, mask.shape != shape {
      throw .shape(name: "mask", shape: mask.shape, inputs: shape)
    }
    if let scale, scale.shape != shape {
      throw .shape(name: "scale", shape: scale.shape, inputs: shape)
    }
    try domain.validate(inputs, indices: indices)
    guard let box else { return }
    let outside = inputs.less(than: box.lowerBound).or(inputs.greater(than: box.upperBound))
    let examples = outside.examplesFlattened.any(along: 1).values(as: Bool.self)
    guard let first = examples.firstIndex(of: true) else { return }
    let values = inputs[first].values(as: Double.self)
    let value = values.first { !box.contains($0) } ?? .nan
    throw .inputOutsideBox(
      example: indices[first], value: value, low: box.lowerBound, high: box.upperBound)
  }

  /// The inputs nearest to `candidate` in the ball around `center`, then within the box.
  ///
  /// Clipping to the box moves towards the centre, which lies in the box, so the result stays in the
  /// ball; it is the exact nearest point for the maximum norm.
  public func project(_ candidate: Tensor, around center: Tensor) -> Tensor {
    clip(center + limited(candidate - center))
  }

  /// The perturbation limited to the radius and the mask.
  public func limited(_ perturbation: Tensor) -> Tensor {
    var result = perturbation
    if let mask { result = result * mask }
    if let scale { result = result / scale }
    result = norm.project(result, radius: radius)
    if let scale { result = result * scale }
    return result
  }

  /// Inputs limited to the box.
  public func clip(_ inputs: Tensor) -> Tensor {
    box.map { inputs.clamped(to: $0) } ?? inputs
  }

  /// The way to go at length 1, from the gradient of what is to be climbed.
  ///
  /// - Parameter iterated: whether many such steps follow, or this one alone.
  public func direction(_ gradient: Tensor, iterated: Bool) -> Tensor {
    var gradient = gradient
    if let mask { gradient = gradient * mask }
    if let scale { gradient = gradient * scale }
    let step = iterated ? norm.step(gradient) : norm.steepest(gradient)
    return scale.map { step * $0 } ?? step
  }

  /// Perturbations drawn uniformly from the ball, box and mask aside, one for each stream.
  public func randomPerturbations(
    like inputs: Tensor, streams: inout [RandomStream]
  ) -> Tensor {
    let shape = Array(inputs.shape.dropFirst())
    var points = norm.randomPoints(shape, radius: radius, dtype: inputs.dtype, streams: &streams)
    points = points.to(inputs.device)
    if let mask { points = points * mask }
    if let scale { points = points * scale }
    return points
  }

  /// The length of every example's perturbation, in units of the radius.
  public func length(of perturbation: Tensor) -> Tensor {
    norm.length(of: scale.map { perturbation / $0 } ?? perturbation)
  }
}
