import Foundation
import Networks
import Torch

/// A network that is random by design, such as one with a `VariationalBottleneck`, which draws when it answers.
///
/// An answer is the logarithm of the mean of the probabilities of some draws, so that gradients are of the
/// expectation over transformations (Athalye et al., ICML 2018), by which such a model has to be attacked: against
/// one draw an attack runs after noise, and what it does not find is no protection. With one draw it is what the
/// published code of MID answers.
///
/// Draws are fixed by the seed: an input is answered in the same way each time, and an attack that shall not know
/// the draws it is judged by is judged with another seed. A row's draws depend on its place in its batch.
public struct SampledClassifier: Classifier {
  /// How many draws an answer is averaged over.
  public let draws: Int
  /// What they are drawn from.
  public let seed: UInt64
  private let base: FrozenNetwork

  /// A network with its draws.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for less than one draw.
  public init(_ network: FrozenNetwork, draws: Int, seed: UInt64) throws(InversionError) {
    guard draws >= 1 else {
      throw .setting(name: "draws", value: "\(draws)", allowed: "at least 1")
    }
    base = network
    self.draws = draws
    self.seed = seed
  }

  /// The number of classes.
  public var classCount: Int { base.classCount }
  /// The shape of one input.
  public var inputShape: [Int] { base.inputShape }

  /// Logarithms of mean probabilities, `[N, K]`.
  public func logits(_ inputs: Tensor) throws -> Tensor {
    try attempt {
      let answers = (0..<draws).map { draw -> Tensor in
        var stream = RandomStream(seed: seed, purpose: "defence.draw", index: UInt64(draw))
        let outputs = base.network(inputs, .sampling(seed: stream.next()))
        return outputs.classLogits(classCount).logSoftmax(along: 1)
      }
      return Tensor.stacked(answers).logSumExp(along: 0) - log(Double(draws))
    }
  }

  /// The network's: its draws make no other model of it.
  public func state() throws -> [String: Tensor]? { base.state() }
}
