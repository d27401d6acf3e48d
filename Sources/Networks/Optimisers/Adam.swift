import Foundation
import Torch

/// Adam (Kingma and Ba, ICLR 2015), with weight decay in the gradient or decoupled from it (AdamW,
/// Loshchilov and Hutter, ICLR 2019), as PyTorch computes them.
public struct Adam: Optimiser {
  private let parameters: [Parameter]
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let isDecoupled: Bool
  private var count = 0
  private var means: [Tensor]
  private var squares: [Tensor]

  /// An optimiser of some parameters.
  public init(
    _ parameters: [Parameter], beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, isDecoupled: Bool = false
  ) {
    self.parameters = parameters
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
    means = parameters.map { .zeros(like: $0.value.detached()) }
    squares = parameters.map { .zeros(like: $0.value.detached()) }
  }

  /// Applies one update.
  public mutating func step(_ gradients: [Tensor], learningRate: Double) {
    count += 1
    let update = isDecoupled ? Operator.fusedAdamwInPlace : Operator.fusedAdamInPlace
    let steps = Tensor(Float(count))
    // One pass over the memory of each weight; it walks all four in storage order.
    for index in parameters.indices {
      let weight = parameters[index].value.detached()
      _ = update.list(
        [weight], [gradients[index].contiguous()], [means[index]], [squares[index]], [Tensor](),
        [steps], learningRate, beta1, beta2, weightDecay, epsilon, false, false)
    }
  }

  /// The moments and the number of steps.
  public var state: [String: Tensor] {
    get {
      numbered(means, "mean").merging(numbered(squares, "square")) { first, _ in first }
        .merging(["count": Tensor(count)]) { first, _ in first }
    }
    set {
      means = list(newValue, "mean")
      squares = list(newValue, "square")
      count = newValue["count"].map { Int($0.item) } ?? 0
    }
  }
}
