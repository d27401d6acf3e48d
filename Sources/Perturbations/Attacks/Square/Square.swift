import Torch

/// Random search with squares: a window of the image is changed, and kept where the loss grows.
///
/// Andriushchenko et al., "Square attack: a query-efficient black-box adversarial attack via random
/// search", ECCV 2020. In the maximum norm it starts with vertical stripes and gives random squares one
/// sign a channel (algorithm 2); in the Euclidean norm it starts with bumps and moves mass from one window
/// to another (algorithm 3). L1 is the Euclidean form with L1 lengths and the projection onto ball and box,
/// as in Croce and Hein, "Mind the box", ICML 2021. The share of features in a window falls from
/// ``share`` on a fixed schedule.
///
/// Every example has its own windows, so that its result does not depend on its batch, and a proposal that
/// would change nothing is not asked about: its answer is known. Examples `[C, H, W]` are images. All
/// others are tables: there a random subset of features takes the place of a square, each with a sign
/// of its own, since neighbouring columns have nothing to do with one another.
public struct Square: Attack {
  /// How many proposals are made after the start of a restart, at least 1: at most as many queries.
  public var queries: Int
  /// The share of features in the first windows, from 0 to 1; `p` in the paper.
  public var share: Double
  /// How often to start; only examples that still stand start again.
  public var restarts: Int
  /// Whether the schedule of window sizes, made for 10 000 proposals, is stretched to ``queries``.
  public var rescalesSchedule: Bool
  /// What must grow.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal

  /// The attack.
  public init(
    queries: Int = 5000, share: Double = 0.8, restarts: Int = 1, rescalesSchedule: Bool = false,
    loss: AttackLoss = .margin, goal: Goal = .untargeted
  ) {
    self.queries = queries
    self.share = share
    self.restarts = restarts
    self.rescalesSchedule = rescalesSchedule
    self.loss = loss
    self.goal = goal
  }

  /// `square`.
  public static let about = AttackDescription(
    name: "square", summary: "Random search with squares.", kind: .withoutGradients,
    norms: ["linf", "l2", "l1"], cost: "at most queries + 1 forward passes a restart",
    source: """
      Andriushchenko et al., "Square attack: a query-efficient black-box adversarial attack via random \
      search", ECCV 2020
      """)

  /// All settings.
  public static let options: [AttackOption<Square>] = [
    AttackOption("queries", \.queries, "Proposals of a restart."),
    AttackOption("p", \.share, in: 0...1, "The share of features in the first windows."),
    AttackOption("restarts", \.restarts, "How often to start."),
    AttackOption(
      "rescalesSchedule", \.rescalesSchedule,
      "Whether the schedule of window sizes is stretched from 10000 proposals to those made."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
  ]

  /// Searches from every start.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(target, batch, within: ball, goal: goal)
    let plan = SquarePlan(self, batch, ball)
    for restart in 0..<restarts {
      if restart > 0 { search.restart() }
      guard !search.isOver else { break }
      let streams = context.streams("square.\(restart)", examples: search.indices)
      if ball.norm is LInf {
        try explore(&search, streams.map { SignWalk(plan, $0) })
      } else {
        try explore(&search, streams.map { MassWalk(plan, $0) })
      }
    }
    return search.result()
  }

  /// One walk for every active example, until all are broken or have made their proposals.
  private func explore<Walk: SquareWalk>(_ search: inout Search, _ starts: [Walk]) throws {
    var walks = starts
    while !search.isOver {
      let candidates = Walk.perturbations(of: walks, search)
      let answer = try search.ask(candidates, loss)
      let staying = answer.staying ?? Array(walks.indices)
      let losses = answer.losses.values(as: Float.self)
      let better = staying.indices.filter { losses[$0] > walks[staying[$0]].loss }
      let taken = Walk.values(of: candidates, rows: better.map { staying[$0] })
      walks = staying.map { walks[$0] }
      var next = 0
      for row in walks.indices {
        let isBetter = next < better.count && better[next] == row
        walks[row].settle(
          isBetter ? losses[row] : nil, taken.isEmpty || !isBetter ? [] : taken[next])
        if isBetter { next += 1 }
      }
      let open = walks.indices.filter { walks[$0].propose() }
      if open.count < walks.count {
        search.keep(open)
        walks = open.map { walks[$0] }
      }
    }
  }
}
