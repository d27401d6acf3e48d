import Datasets
import Foundation
import Networks
import Torch
import Training
import Transport

/// Two samples of equal size, a network trained on them, and what the best function would do.
struct TransportToy {
  /// Points of the positive side, then of the negative one, `[2 n, d]`.
  let points: Tensor
  let labels: Tensor
  let network: any Layer
  let weights: HingeRegularisation
  /// The distances from positive to negative points.
  let costs: TransportCosts

  /// How a network is trained.
  struct Plan {
    var weights: (lambda: Double, margin: Double) = (0, 0)
    var steps = 400
    var isConstrained = true
    var seed: UInt64 = 0
  }

  init(_ data: Dataset, _ plan: Plan) throws {
    let classes = data.labelValues
    let order = [1, 0].flatMap { side in classes.indices.filter { classes[$0] == side } }
    let batch = data.batch(order)
    (points, labels) = (batch.inputs, batch.labels)
    weights = try HingeRegularisation(lambda: plan.weights.lambda, margin: plan.weights.margin)
    let dimension = points.size(1)
    let values = points.to(.float64).values(as: Double.self)
    let half = order.count / 2 * dimension
    costs = try TransportCosts(
      from: Array(values[..<half]), to: Array(values[half...]), dimension: dimension)
    network = try ModelRegistry.model(
      "lipschitz-mlp", inputShape: [dimension], classCount: 2,
      options: [
        "hidden": 64, "layers": 3, "outputs": 1, "constrained": plan.isConstrained ? 1 : 0,
      ], using: Generator(seed: plan.seed, purpose: "weights"))
    best = try HingeTransport(
      costs, transportWeight: weights.transportWeight, hingeWeight: weights.hingeWeight,
      margin: weights.margin)
    try Self.train(network, batch, weights, plan)
  }

  private static func train(
    _ network: any Layer, _ batch: Batch, _ weights: HingeRegularisation, _ plan: Plan
  ) throws {
    let term = HKR(weights)
    let rate = LearningRate(5e-3, shape: .cosine, warmup: 0.2)
    var adam = OptimiserSettings().optimiser(of: network.parameters)
    for number in 0..<plan.steps {
      let step = StepContext(
        model: network, batch: batch, step: number, totalSteps: plan.steps,
        context: Context(seed: plan.seed))
      let slopes = Torch.gradients(
        of: term.value(in: step), withRespectTo: network.parameters.map(\.value))
      adam.step(slopes, learningRate: rate.rate(at: number, of: plan.steps))
    }
  }

  /// The number of points on one side.
  var count: Int { costs.rows }

  /// The function at some points `[N, d]`.
  func values(_ points: Tensor) -> [Double] {
    withoutGradients { network(points).to(.float64).flattened().values(as: Double.self) }
  }

  /// The function and its gradients `[N, d]` at some points.
  func gradients(at points: Tensor) -> (values: Tensor, gradients: Tensor) {
    let variable = points.variable()
    let values = network(variable).flattened()
    return (values.detached(), gradient(of: values.sum(), withRespectTo: variable))
  }

  /// The loss of the network on the points.
  var loss: Double {
    SignedScores(scores: withoutGradients { network(points) }.to(.float64), labels: labels)
      .loss(weights).item
  }

  /// What of the distance the network sees, `KR / W1`.
  func transportShare() throws -> Double {
    let functions = SignedScores(
      scores: withoutGradients { network(points) }.to(.float64), labels: labels)
    return functions.kantorovichRubinstein.item / (try Assignment(costs).meanCost)
  }

  /// The best function there is, and its plan of transport.
  private let best: HingeTransport

  /// How much the loss is above the least there can be, as a share of it.
  var gap: Double { (loss - best.loss) / abs(best.loss) }

  /// Positive points beside the negative ones that the optimal plan carries them to, `[p, d]` each.
  var pairs: (from: Tensor, to: Tensor) {
    (
      points.selecting(rows: best.plan.map(\.row)),
      points.selecting(rows: best.plan.map { $0.column + count })
    )
  }

  /// The cosine between gradient and direction of transport, at a place between each pair: 1 is the
  /// positive point itself.
  func cosines(at share: Double) -> [Double] {
    let (from, to) = pairs
    let between = gradients(at: to + (from - to) * share).gradients
    return between.cosineSimilarity(to: from - to).to(.float64).values(as: Double.self)
  }

  /// `(f(x) - f(z)) / |x - z|` for each pair, which is 1 for the best function.
  var tightness: [Double] {
    let (from, to) = pairs
    let lengths = (from - to).norm(along: [1]).to(.float64).values(as: Double.self)
    return zip(zip(values(from), values(to)), lengths).map { ($0.0 - $0.1) / $1 }
  }

  /// What is left of each value after the step `x - f ∇f / |∇f|²`, as a share of it.
  func residuals() -> [Double] {
    let (scores, slopes) = gradients(at: points)
    let squares = slopes.squared().sum(along: 1)
    let moved = points - (scores / squares).unsqueezed(1) * slopes
    return zip(values(moved), scores.to(.float64).values(as: Double.self)).map { abs($0 / $1) }
  }
}

extension [Double] {
  /// The value below which a share of all lies.
  func quantile(_ share: Double) -> Double {
    let sorted = sorted()
    return sorted[Swift.min(Int(Double(count) * share), count - 1)]
  }

  /// The middle value.
  var median: Double { quantile(0.5) }
}
