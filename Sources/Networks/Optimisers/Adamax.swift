import Foundation
import Torch

/// Adam in the infinity norm (Kingma and Ba, ICLR 2015, section 7), as PyTorch computes it.
public struct Adamax: Optimiser {
  private let parameters: [Parameter]
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private var count = 0
  private var means: [Tensor]
  private var maxima: [Tensor]

  /// An optimiser of some parameters.
  public init(
    _ parameters: [Parameter], beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.parameters = parameters
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    means = parameters.map { .zeros(like: $0.value.detached()) }
    maxima = parameters.map { .zeros(like: $0.value.detached()) }
  }

  /// Applies one update.
  public mutating func step(_ gradients: [Tensor], learningRate: Double) {
    count += 1
    let rate = learningRate / (1 - pow(beta1, Double(count)))
    withoutGradients {
      for (index, parameter) in parameters.enumerated() {
        let weight = parameter.value.detached()
        var gradient = gradients[index]
        if weightDecay != 0 { gradient = gradient + weight * weightDecay }
        means[index].interpolate(to: gradient, weight: 1 - beta1)
        maxima[index] = (maxima[index] * beta2).maximum(gradient.abs() + epsilon)
        weight.addQuotient(means[index], maxima[index], times: -rate)
      }
    }
  }

  /// The moments and the number of steps.
  public var state: [String: Tensor] {
    get {
      numbered(means, "mean").merging(numbered(maxima, "maximum")) { first, _ in first }
        .merging(["count": Tensor(count)]) { first, _ in first }
    }
    set {
      means = list(newValue, "mean")
      maxima = list(newValue, "maximum")
      count = newValue["count"].map { Int($0.item) } ?? 0
    }
  }
}
