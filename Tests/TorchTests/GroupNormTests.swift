import Testing
import Torch

/// float64 takes libtorch's own operators, float32 the kernel of the shim where channels are next to each other.
@Suite("Group normalisation")
struct GroupNormTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var channels = 32
    var groups = 8
    var size = [5, 7]
    var hasShift = true
    var testDescription: String { "\(channels) channels, \(groups) groups, \(size), \(hasShift)" }
  }

  static let cases = [
    Case(), Case(hasShift: false), Case(channels: 48, groups: 12, size: [8, 8]),
    Case(channels: 16, groups: 1, size: [1, 1]), Case(channels: 12, groups: 3),
    Case(channels: 64, groups: 16, size: [16, 16]), Case(channels: 96, groups: 32, size: [3, 3]),
  ]

  private func derivatives(_ parts: [Tensor], _ work: Case, _ dtype: DType) -> [Tensor] {
    let variables = parts.map { $0.to(dtype).variable() }
    let output = variables[0].channelsLast().groupNormalizedSiLU(
      shift: work.hasShift ? variables[3] : nil, groups: work.groups, weight: variables[1],
      bias: variables[2])
    let first = gradients(of: output.pow(3).sum(), withRespectTo: variables, retainGraph: true)
    let again = gradients(of: output.pow(3).sum(), withRespectTo: variables, createGraph: true)
    let second = gradients(
      of: again.map { $0.squared().sum() }.reduce(Tensor(0.0).to(dtype)) { $0 + $1 },
      withRespectTo: variables)
    return ([output] + first + again + second).map { $0.detached().to(.float64) }
  }

  @Test(
    "outputs and gradients with the SiLU agree with float64, to the second order", arguments: cases)
  func agreesWithFloat64(work: Case) {
    let generator = Generator(seed: 3, purpose: "normalisation")
    let parts = [
      Tensor.normal([3, work.channels] + work.size, using: generator) * 2 + 1,
      Tensor.normal([work.channels], using: generator),
      Tensor.normal([work.channels], using: generator) * 3,
      Tensor.normal([3, work.channels], using: generator),
    ]
    let (single, double) = (
      derivatives(parts, work, .float32), derivatives(parts, work, .float64)
    )
    for (index, (a, b)) in zip(single, double).enumerated() {
      let error = (a - b).abs().max().item
      #expect(error <= 2e-5 * max(1e-3, b.abs().max().item), "\(index): \(error)")
    }
  }

  @Test("values far from zero neither overflow nor lose a number that is none")
  func extremes() {
    let values: [Float] = [-1e4, -90, -20, 0, 20, 90, 1e4, .nan]
    let input = Tensor(values.flatMap { Array(repeating: $0, count: 16) }, shape: [8, 16, 1, 1])
    // With one value a channel, what comes out is the bias.
    let output = input.channelsLast().groupNormalizedSiLU(
      groups: 1, weight: .ones([16]), bias: Tensor([Float](repeating: -100, count: 16)))
    let answers = output.select(0, along: 1).flattened().values(as: Double.self)
    #expect(answers.dropLast().allSatisfy { abs($0) < 1e-6 })
    #expect(answers.last?.isNaN == true)
  }
}
