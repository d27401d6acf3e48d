import Torch

/// One example's random search: what is best so far, and what is tried next.
///
/// Walks live in plain memory: a proposal touches a window of some features, and an operator on a whole
/// batch would cost more than that.
protocol SquareWalk {
  /// The largest loss so far.
  var loss: Float { get }
  /// What is asked about, one number for every feature.
  var values: [Float] { get }
  /// The perturbations that some walks ask about, `[n, …]`.
  static func perturbations(of walks: [Self], _ search: Search) -> Tensor
  /// What walks have to know of perturbations that were taken; empty where they know already.
  static func values(of perturbations: Tensor, rows: [Int]) -> [[Float]]
  /// Takes what was asked about where it has a larger loss, and forgets it where there is none.
  mutating func settle(_ loss: Float?, _ taken: [Float])
  /// Makes the next proposal; false when all have been made.
  mutating func propose() -> Bool
}

extension SquareWalk {
  /// All values as one tensor of the inputs' shape.
  static func stacked(_ walks: [Self], _ search: Search) -> Tensor {
    var values: [Float] = []
    values.reserveCapacity(search.centers.count)
    for walk in walks { values.append(contentsOf: walk.values) }
    return Tensor(values, shape: search.centers.shape).to(search.centers.dtype)
      .to(search.centers.device)
  }
}

/// The walk over corners of the ball in the maximum norm: every feature has a sign.
struct SignWalk: SquareWalk {
  private let plan: SquarePlan
  private var stream: RandomStream
  private var proposal = 0
  private(set) var loss = -Float.infinity
  private(set) var values: [Float]
  /// Which features differ from the best.
  private var flipped: [Int] = []
  private var order: [Int]

  /// Vertical stripes, or random signs in a table.
  init(_ plan: SquarePlan, _ stream: RandomStream) {
    self.plan = plan
    self.stream = stream
    order = plan.isImage ? [] : Array(0..<plan.plane)
    values = []
    for _ in 0..<plan.channels {
      let stripes = (0..<plan.width).map { _ in self.stream.sign() }
      for _ in 0..<plan.height { values.append(contentsOf: stripes) }
    }
  }

  static func perturbations(of walks: [SignWalk], _ search: Search) -> Tensor {
    stacked(walks, search) * search.ball.radius
  }

  static func values(of perturbations: Tensor, rows: [Int]) -> [[Float]] { [] }

  mutating func settle(_ loss: Float?, _ taken: [Float]) {
    if let loss {
      self.loss = loss
    } else {
      for feature in flipped { values[feature] = -values[feature] }
    }
    flipped.removeAll(keepingCapacity: true)
  }

  mutating func propose() -> Bool {
    while flipped.isEmpty {
      guard proposal < plan.proposals else { return false }
      let window = plan.window(plan.size(at: proposal), &stream, order: &order)
      for channel in 0..<plan.channels {
        var sign = stream.sign()
        for position in window {
          if !plan.isImage { sign = stream.sign() }
          let feature = channel * plan.plane + position
          if values[feature] != sign && plan.isFree[feature] { flipped.append(feature) }
        }
      }
      proposal += 1
    }
    for feature in flipped { values[feature] = -values[feature] }
    return true
  }
}
