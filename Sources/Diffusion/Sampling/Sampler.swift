import Torch

/// Turns noise into images by following a denoiser down a list of noise levels.
///
/// Any solver takes any number of steps. Nothing here detaches: with a denoiser that records, gradients
/// go through the samples.
public struct Sampler: Sendable, Codable, Equatable {
  /// How one step goes.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// The trapezoidal rule, two evaluations a step except the last (Karras et al., NeurIPS 2022,
    /// algorithms 1 and 2): second order.
    case heun
    /// One evaluation a step, first order; DDIM in the variance-exploding form.
    case euler
    /// DPM-Solver++(2M) (Lu et al., 2022, algorithm 2): one evaluation a step, second order.
    case dpmSolver = "dpm-solver"
  }

  /// The solver.
  public var solver: Solver
  /// The noise levels.
  public var levels: NoiseLevels
  /// Noise added before every step of ``Solver/heun`` and ``Solver/euler``; none when `nil`.
  public var churn: Churn?
  /// The share of noise that ``Solver/euler`` and ``Solver/dpmSolver`` replace by new noise in every
  /// step, in [0, 1]: 0 is deterministic, 1 ancestral (η of DDIM; Song et al., ICLR 2021).
  public var eta: Double

  /// A sampler; the article's deterministic one by default.
  public init(
    _ solver: Solver = .heun, levels: NoiseLevels = NoiseLevels(), churn: Churn? = nil,
    eta: Double = 0
  ) {
    self.solver = solver
    self.levels = levels
    self.churn = churn
    self.eta = eta
  }

  /// Reads a sampler; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    solver = try fields.decodeIfPresent(Solver.self, forKey: .solver) ?? solver
    levels = try fields.decodeIfPresent(NoiseLevels.self, forKey: .levels) ?? levels
    churn = try fields.decodeIfPresent(Churn.self, forKey: .churn)
    eta = try fields.decodeIfPresent(Double.self, forKey: .eta) ?? eta
  }

  /// Checks the settings.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` for the first that is out of range or
  ///   not for the solver.
  public func validate() throws(DiffusionError) {
    try levels.validate()
    try churn?.validate()
    try DiffusionError.require(0...1 ~= eta, "eta", eta, "from 0 to 1")
    try DiffusionError.require(
      solver != .heun || eta == 0, "eta", eta, "0 for heun, which takes churn")
    try DiffusionError.require(
      solver != .dpmSolver || churn == nil, "churn", "given",
      "left out for dpm-solver, which takes eta")
    try DiffusionError.require(churn == nil || eta == 0, "eta", eta, "0 where there is churn")
  }

  /// How often the denoiser is asked.
  public var evaluationCount: Int { solver == .heun ? 2 * levels.steps - 1 : levels.steps }

  /// Whether samples depend on noise beside that they start from.
  public var isStochastic: Bool { eta > 0 || (churn?.amount ?? 0) > 0 }

  /// What is known at one step.
  public struct Step {
    /// The number of the step, from 0.
    public let index: Int
    /// The noise level.
    public let level: Double
    /// The images with noise of that level.
    public let noisy: Tensor
    /// What the denoiser takes the clean images for.
    public let estimate: Tensor
  }

  /// Images from noisy ones at the first level.
  ///
  /// - Parameters:
  ///   - start: the noisy images, `[N, …]`, as float64: standard normal numbers times the first level,
  ///     or images with such noise.
  ///   - noise: standard normal numbers of the shape of `start` for a step, float64; asked for where
  ///     sampling is stochastic.
  ///   - observe: told of every step; a trajectory is what it keeps.
  /// - Throws: ``DiffusionError`` for settings that cannot be, and what the denoiser throws.
  public func sample(
    _ denoiser: Denoiser, from start: Tensor, noise: (_ step: Int) throws -> Tensor,
    observe: (Step) throws -> Void = { _ in }
  ) throws -> Tensor {
    try validate()
    let values = levels.values
    var images = start.to(.float64)
    var memory: Memory?
    for index in 0..<levels.steps {
      var level = values[index]
      if let higher = churn?.raised(level, steps: levels.steps), higher > level {
        let added = (higher * higher - level * level).squareRoot() * (churn?.noise ?? 1)
        images = images + (try noise(index)) * added
        level = higher
      }
      let estimate = try denoiser(images, level)
      try observe(Step(index: index, level: level, noisy: images, estimate: estimate))
      let move = Move(from: level, to: values[index + 1], images: images, estimate: estimate)
      switch solver {
      case .heun: images = try move.heun(denoiser)
      case .euler: images = try move.euler(eta: eta) { try noise(index) }
      case .dpmSolver:
        images = try move.dpmSolver(after: memory, eta: eta) { try noise(index) }
        memory = Memory(level: level, estimate: estimate)
      }
    }
    return images
  }
}

/// Noise that is added before a step, so that sampling forgets errors (Karras et al., NeurIPS 2022,
/// algorithm 2).
public struct Churn: Sendable, Codable, Equatable {
  /// `S_churn`: how much noise in all, zero or positive.
  public var amount: Double
  /// `S_min`: the lowest level at which noise is added.
  public var minimum: Double
  /// `S_max`: the highest.
  public var maximum: Double
  /// `S_noise`: the deviation of the noise, slightly above 1 against lost detail.
  public var noise: Double

  /// Churn at all levels unless told otherwise.
  public init(
    _ amount: Double, minimum: Double = 0, maximum: Double = 1e6, noise: Double = 1
  ) {
    self.amount = amount
    self.minimum = minimum
    self.maximum = maximum
    self.noise = noise
  }

  /// Reads churn; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try fields.decode(Double.self, forKey: .amount))
    minimum = try fields.decodeIfPresent(Double.self, forKey: .minimum) ?? minimum
    maximum = try fields.decodeIfPresent(Double.self, forKey: .maximum) ?? maximum
    noise = try fields.decodeIfPresent(Double.self, forKey: .noise) ?? noise
  }

  /// The level to which noise is raised before a step.
  func raised(_ level: Double, steps: Int) -> Double {
    guard minimum...max(minimum, maximum) ~= level else { return level }
    return level * (1 + min(amount / Double(steps), 2.0.squareRoot() - 1))
  }

  func validate() throws(DiffusionError) {
    for (name, value) in [("amount", amount), ("minimum", minimum), ("noise", noise)] {
      try DiffusionError.require(
        value >= 0 && value.isFinite, "churn.\(name)", value, "zero or positive, and finite")
    }
    try DiffusionError.require(
      maximum >= minimum, "churn.maximum", maximum, "at least the minimum")
  }
}
