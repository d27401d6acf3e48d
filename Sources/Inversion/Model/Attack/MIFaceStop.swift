/// When ``MIFace`` leaves an image as it is. The article and the best-known code read its two conditions in
/// opposite ways, so that a result needs its rule beside it.
public enum MIFaceStop: Sendable, Equatable {
  /// The article's listing: an image is left when its cost is no lower than the largest of the last β ones,
  /// `c(x_i) ≥ max(c(x_{i-1}), …, c(x_{i-β}))`, or when it is small enough, `c(x_i) ≤ γ`; the iterate of lowest
  /// cost is handed in, which may be the start.
  ///
  /// The article says γ = 0.99. Taken for a cost, as the listing does, that leaves an image as soon as
  /// the probability of its class is 1 %; here γ is 0.01 by default, a probability of 99 %.
  case paper(window: Int = 100, cost: Double = 0.01)
  /// ART (`MIFace.infer`, one image a batch, as is its default): an image is stepped **as long as** a test of
  /// that kind holds, `c(x_i) ≤ threshold` or `c(x_i) ≥` the largest of a window that starts with infinities;
  /// the last iterate is handed in.
  ///
  /// With probabilities and ART's default threshold of 0.99 an image that the model is sure does not show its
  /// class is left after a single step; with 1 it takes all steps.
  case artCompatible(window: Int = 100, threshold: Double = 0.99)

  /// Whether the last iterate is handed in, and not that of lowest cost.
  var keepsLast: Bool {
    switch self {
    case .paper: false
    case .artCompatible: true
    }
  }

  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  func check() throws(InversionError) {
    let (window, limit) =
      switch self {
      case .paper(let window, let cost): (window, cost)
      case .artCompatible(let window, let threshold): (window, threshold)
      }
    guard window >= 1 else {
      throw .setting(name: "window", value: "\(window)", allowed: "at least 1")
    }
    guard limit.isFinite, limit >= 0 else {
      throw .setting(name: "stop", value: "\(limit)", allowed: "a cost, at least 0")
    }
  }

  /// The costs of one image, and whether to go on.
  struct Watch: Sendable, Equatable {
    private let rule: MIFaceStop
    /// The last costs, newest last; at most as many as the window holds.
    private var costs: [Double]

    /// - Parameter start: the cost before the first step.
    init(_ rule: MIFaceStop, startingAt start: Double) {
      self.rule = rule
      costs =
        switch rule {
        case .paper: [start]
        case .artCompatible(let window, _): Array(repeating: .infinity, count: window)
        }
    }

    /// Whether an image is stepped again after a step that led to a cost.
    mutating func goesOn(after cost: Double) -> Bool {
      let largest = costs.max() ?? .infinity
      costs.append(cost)
      switch rule {
      case .paper(let window, let limit):
        costs = Array(costs.suffix(window))
        return cost < largest && cost > limit
      case .artCompatible(let window, let threshold):
        costs = Array(costs.suffix(window))
        return cost <= threshold || cost >= largest
      }
    }
  }
}
