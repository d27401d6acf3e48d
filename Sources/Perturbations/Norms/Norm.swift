import Torch

/// A way to measure perturbations, example by example, for tensors of any rank.
///
/// The first dimension counts examples; all others together are one example's features. To add a
/// norm, conform a type in a file of its own and name it in ``Norms/all``.
public protocol Norm: Sendable {
  /// The name in ids and on the command line, such as `linf`.
  var name: String { get }
  /// The length of every example's perturbation, `[N]`.
  func length(of perturbation: Tensor) -> Tensor
  /// The nearest perturbations, in the Euclidean sense, that are no longer than `radius`.
  func project(_ perturbation: Tensor, radius: Double) -> Tensor
  /// The nearest perturbations that are no longer than `radius` and stay in a room.
  func project(_ perturbation: Tensor, radius: Double, within room: Room?) -> Tensor
  /// The nearest perturbations, in the Euclidean sense, that are no longer than a radius each, `[N]`.
  func project(_ perturbation: Tensor, radii: Tensor) -> Tensor
  /// The shortest perturbations that change the inner product with a normal by some amount: the steps
  /// onto hyperplanes.
  ///
  /// - Parameters:
  ///   - normal: the normals of the hyperplanes, `[N, …]`.
  ///   - change: by how much, of either sign, `[N]`.
  ///   - room: how far features can move. Where that is not far enough all features move as far as
  ///     they can.
  func shortestStep(along normal: Tensor, by change: Tensor, within room: Room?) -> Tensor
  /// The perturbations of length 1 with the largest inner product with a gradient; zero where the
  /// gradient is zero.
  func steepest(_ gradient: Tensor) -> Tensor
  /// The step of length 1 an iterated attack takes; the steepest one unless a norm has a better.
  func step(_ gradient: Tensor) -> Tensor
  /// Points drawn uniformly from the ball, one for each stream, `[streams.count] + shape`.
  func randomPoints(
    _ shape: [Int], radius: Double, dtype: DType, streams: inout [RandomStream]
  ) -> Tensor
  /// The dual norm: `|<w, d>| <= |d| * dualLength(w)`.
  var dual: any Norm { get }
  /// Whether a perturbation that is twice as large is twice as long. A number of features is not: it
  /// bounds nothing that could be trained against.
  var isHomogeneous: Bool { get }
}

extension Norm {
  /// The projection onto the ball and then onto the room.
  ///
  /// No perturbation becomes longer by the second, since rooms contain zero; the result is the nearest
  /// point of both in the maximum norm, and near it in others.
  public func project(_ perturbation: Tensor, radius: Double, within room: Room?) -> Tensor {
    let limited = project(perturbation, radius: radius)
    return room?.clip(limited) ?? limited
  }

  /// The steepest step.
  public func step(_ gradient: Tensor) -> Tensor { steepest(gradient) }

  /// True.
  public var isHomogeneous: Bool { true }

  /// The step onto hyperplanes where nothing is in the way: along the steepest direction.
  func shortestStep(along normal: Tensor, by change: Tensor) -> Tensor {
    let length = dual.length(of: normal)
    let isFlat = length.equal(to: 0)
    let factor = (change / (length + isFlat.to(length.dtype))).filled(where: isFlat, with: 0)
    return steepest(normal) * factor.broadcastable(toRank: normal.rank)
  }
}

extension Norm {
  /// Perturbations at length 1; zero where they are zero.
  func normalised(_ perturbation: Tensor) -> Tensor {
    let length = length(of: perturbation)
    return perturbation
      / (length + length.equal(to: 0).to(length.dtype)).broadcastable(toRank: perturbation.rank)
  }
}

/// The norms there are.
public enum Norms {
  /// All norms, by whose names commands find them.
  public static let all: [any Norm] = [LInf(), L2(), L1(), L0()]

  /// The norm with a name.
  public static func named(_ name: String) throws(PerturbationError) -> any Norm {
    guard let norm = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownNorm(name, known: all.map(\.name))
    }
    return norm
  }
}

extension Tensor {
  /// Every example's features in one dimension: `[N, …]` to `[N, D]`.
  package var examplesFlattened: Tensor { flattened(from: 1) }

  /// One number an example, `[N]`, in a shape that broadcasts over examples of some rank.
  package func broadcastable(toRank rank: Int) -> Tensor {
    reshaped([-1] + Array(repeating: 1, count: rank - 1))
  }
}
