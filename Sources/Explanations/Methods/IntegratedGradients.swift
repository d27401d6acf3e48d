import Perturbations
import Torch

/// The gradient averaged over the straight way from the baseline to the input, times the way
/// (Sundararajan et al., "Axiomatic attribution for deep networks", ICML 2017, equation 1).
///
/// The map adds up to the score of the input less that of the baseline; what is missing to that, by which
/// the number of steps can be judged, is returned for every example.
public struct IntegratedGradients: SampledAttribution {
  /// How many places on the way.
  public var steps: Int
  /// Where they are and how they are weighted.
  public var quadrature: Quadrature

  /// The method.
  public init(steps: Int = 50, quadrature: Quadrature = .gaussLegendre) {
    self.steps = steps
    self.quadrature = quadrature
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "integrated-gradients",
    summary: "The mean gradient on the way from a baseline, times the way.", kind: .gradients,
    isSigned: true, cost: "steps forward and backward passes",
    source: "Sundararajan et al., ICML 2017, equation 1")

  /// The settings.
  public static let options = [
    AttributionOption("steps", \IntegratedGradients.steps, from: 2, "Places on the way."),
    AttributionOption(
      "quadrature", \IntegratedGradients.quadrature, "Where the places are and how they count."),
  ]

  var needsBaselines: Bool { true }
  var takesGradients: Bool { true }

  func layout(for shape: [Int]) throws -> [Quadrature.Node] { quadrature.nodes(steps) }
  func sampleCount(_ layout: [Quadrature.Node]) -> Int { layout.count }
  func plan(
    _ example: Posed, _ layout: [Quadrature.Node], _ context: Context
  ) throws -> Tensor { example.input - example.baseline }

  func part(
    _ range: Range<Int>, _ example: Posed, _ plan: Tensor, _ layout: [Quadrature.Node],
    _ question: Question, _ context: Context
  ) throws -> Tensor {
    let nodes = layout[range]
    let shape = [nodes.count] + Array(repeating: 1, count: plan.rank - 1)
    func column(_ values: [Double]) -> Tensor { Tensor(values, shape: shape).to(plan.device) }
    let rows = example.baseline + plan * column(nodes.map(\.place)).to(plan.dtype)
    let gradients = try example.gradients(rows, question).to(.float64)
    return (gradients * column(nodes.map(\.weight))).sum(along: [0], keepingDimensions: true)
  }

  func outcome(
    _ parts: [Tensor], _ example: Posed, _ plan: Tensor, _ layout: [Quadrature.Node]
  ) throws -> Outcome {
    let gradient = Tensor.concatenated(parts).sum(along: [0], keepingDimensions: true)
    let map = gradient * plan.to(.float64)
    let error = map.sum().item - (example.score - example.baselineScore)
    return Outcome(map: map.to(example.input.dtype), completenessError: error)
  }
}
