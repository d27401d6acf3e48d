import Foundation
import Torch

/// Moves weights against their gradients, and remembers what it needs from step to step.
public protocol Optimiser {
  /// Applies one update.
  ///
  /// - Parameters:
  ///   - gradients: one for every parameter, in their order.
  ///   - learningRate: the length of the step.
  mutating func step(_ gradients: [Tensor], learningRate: Double)
  /// What is remembered, under names that the optimiser chooses; saved with a checkpoint.
  var state: [String: Tensor] { get set }
}

/// Which optimiser, with which constants.
public struct OptimiserSettings: Sendable, Codable, Equatable {
  /// The rules there are.
  public enum Rule: String, Sendable, Codable, CaseIterable {
    /// Stochastic gradient descent, with momentum where asked.
    case sgd
    /// Kingma and Ba, ICLR 2015.
    case adam
    /// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).
    case adamw
    /// Adam in the infinity norm (Kingma and Ba, ICLR 2015, section 7).
    case adamax
  }

  /// The rule.
  public var rule: Rule = .adam
  /// The momentum of ``Rule/sgd``, in [0, 1).
  public var momentum: Double = 0
  /// Whether ``Rule/sgd`` looks ahead (Nesterov).
  public var nesterov: Bool = false
  /// The decay rates of Adam's moments, in [0, 1).
  public var betas: [Double] = [0.9, 0.999]
  /// What is added to Adam's denominator.
  public var epsilon: Double = 1e-8
  /// The weight decay: added to the gradient, or decoupled for ``Rule/adamw``.
  public var weightDecay: Double = 0

  /// Adam with its usual constants.
  public init(
    rule: Rule = .adam, momentum: Double = 0, nesterov: Bool = false,
    betas: [Double] = [0.9, 0.999], epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.rule = rule
    self.momentum = momentum
    self.nesterov = nesterov
    self.betas = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let standard = OptimiserSettings()
    rule = try fields.decodeIfPresent(Rule.self, forKey: .rule) ?? standard.rule
    momentum = try fields.decodeIfPresent(Double.self, forKey: .momentum) ?? standard.momentum
    nesterov = try fields.decodeIfPresent(Bool.self, forKey: .nesterov) ?? standard.nesterov
    betas = try fields.decodeIfPresent([Double].self, forKey: .betas) ?? standard.betas
    epsilon = try fields.decodeIfPresent(Double.self, forKey: .epsilon) ?? standard.epsilon
    weightDecay =
      try fields.decodeIfPresent(Double.self, forKey: .weightDecay) ?? standard.weightDecay
  }

  /// The optimiser of some parameters.
  public func optimiser(of parameters: [Parameter]) -> any Optimiser {
    switch rule {
    case .sgd:
      SGD(parameters, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
    case .adam, .adamw:
      Adam(
        parameters, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: weightDecay,
        isDecoupled: rule == .adamw)
    case .adamax:
      Adamax(
        parameters, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: weightDecay)
    }
  }
}
