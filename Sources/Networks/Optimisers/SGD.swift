import Torch

/// Stochastic gradient descent with momentum, as PyTorch defines it: the first step's velocity is
/// the gradient.
public struct SGD: Optimiser {
  private let parameters: [Parameter]
  private let momentum: Double
  private let nesterov: Bool
  private let weightDecay: Double
  private var velocities: [Tensor] = []

  /// An optimiser of some parameters.
  public init(
    _ parameters: [Parameter], momentum: Double = 0, nesterov: Bool = false,
    weightDecay: Double = 0
  ) {
    self.parameters = parameters
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  /// Applies one update.
  public mutating func step(_ gradients: [Tensor], learningRate: Double) {
    withoutGradients {
      let isFirst = velocities.isEmpty && momentum != 0
      for (index, parameter) in parameters.enumerated() {
        let weight = parameter.value.detached()
        var direction = gradients[index]
        if weightDecay != 0 { direction = direction + weight * weightDecay }
        if momentum != 0 {
          if isFirst {
            velocities.append(direction.copy())
          } else {
            velocities[index].multiply(by: momentum)
            velocities[index].add(direction)
          }
          direction =
            nesterov ? direction + velocities[index] * momentum : velocities[index]
        }
        weight.add(direction, times: -learningRate)
      }
    }
  }

  /// The velocities.
  public var state: [String: Tensor] {
    get { numbered(velocities, "velocity") }
    set { velocities = list(newValue, "velocity") }
  }
}

/// Tensors under a name and their number.
func numbered(_ tensors: [Tensor], _ name: String) -> [String: Tensor] {
  Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ("\(name).\($0)", $1) })
}

/// The tensors that were saved under a name, in their order.
func list(_ state: [String: Tensor], _ name: String) -> [Tensor] {
  (0..<state.count).compactMap { state["\(name).\($0)"]?.copy() }
}
