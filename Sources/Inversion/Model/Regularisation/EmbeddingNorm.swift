import Torch

/// How far vectors of classes are from length 1: `Σ (‖e_y‖ - 1)²`.
///
/// `ClassVectors` are scaled when they are used, so that there it is a diagnosis; it counts for vectors that are
/// used as they are. The sum is over the classes that are attacked, not over all there are.
public enum EmbeddingNorm {
  /// The penalty of vectors `[B, D]`, a tensor with one element.
  public static func penalty(of vectors: Tensor) -> Tensor {
    // A root of zero has no slope: a tiny number keeps gradients finite there.
    ((vectors.squared().sum(along: 1) + 1e-12).sqrt() - 1).squared().sum()
  }
}
