import Networks
import Perturbations
import Testing
import Torch

@Suite("Flips of a graph's edges")
struct EdgeFlipsTests {
  /// A path 0 - 1 - 2 - 3.
  private static let path = Tensor(
    [0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0].map(Float.init), shape: [4, 4])
  /// What an edge is worth, not symmetric; the gain of a pair is the sum of both entries.
  private static let worth = Tensor(
    [9, -1, 5, 2, -3, 9, 1, 0, 0, 2, 9, -2, 1, -6, 1, 9].map(Float.init), shape: [4, 4])

  private func expectSymmetric(_ adjacency: Tensor) {
    #expect(adjacency.isIdentical(to: adjacency.transposed().contiguous()))
    #expect(adjacency.diagonal().abs().sum().item == 0)
  }

  @Test(
    "on a linear loss the flips are the largest gains, greedily and in one step",
    arguments: [1, 2, 10])
  func linear(perGradient: Int) throws {
    // Gains: (0,1) 4, (0,2) 5, (0,3) 3, (1,2) -3, (1,3) -6, (2,3) 1.
    let order = [(0, 2), (0, 1), (0, 3), (2, 3)]
    for budget in 0...6 {
      let rule = try EdgeFlips(budget: budget, flipsPerGradient: perGradient)
      let result = try rule.perturbed(Self.path) { ($0 * Self.worth).sum() }
      #expect(result.flips.map { [$0, $1] } == order.prefix(budget).map { [$0, $1] })
      expectSymmetric(result.adjacency)
      #expect(
        (result.adjacency - Self.path).abs().sum().item == 2 * Double(result.flips.count))
    }
  }

  @Test("the best graph within the budget is found among all of them")
  func exhaustive() throws {
    let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    func loss(_ adjacency: Tensor) -> Double { (adjacency * Self.worth).sum().item }
    let result = try EdgeFlips(budget: 2).perturbed(Self.path) { ($0 * Self.worth).sum() }
    for first in pairs.indices {
      for second in first..<pairs.count {
        var values = Self.path.values(as: Float.self)
        for (one, other) in Set([first, second]).map({ pairs[$0] }) {
          values[one * 4 + other] = 1 - values[one * 4 + other]
          values[other * 4 + one] = 1 - values[other * 4 + one]
        }
        #expect(loss(Tensor(values, shape: [4, 4])) <= loss(result.adjacency))
      }
    }
  }

  @Test("pairs outside of the mask stay")
  func masked() throws {
    var mask = Tensor.ones([4, 4])
    mask = mask.replacing(at: [Tensor([0]), Tensor([2])], with: Tensor([Float(0)]))
    let result = try EdgeFlips(budget: 2).perturbed(Self.path, mask: mask) {
      ($0 * Self.worth).sum()
    }
    #expect(result.flips.map { [$0, $1] } == [[0, 1], [0, 3]])
  }

  @Test("on a graph convolutional network flips raise the loss more than random ones do")
  func network() throws {
    let count = 30
    let generator = Generator(seed: 3, purpose: "graph")
    let upper = Tensor.bernoulli(
      like: .zeros([count, count]), probability: 0.1, using: generator)
    let ones = Tensor.ones([count, count])
    let nodes = Tensor(Array(0..<count))
    let keeps = nodes.unsqueezed(1).less(than: nodes.unsqueezed(0)).to(.float32)
    let adjacency = upper * keeps + (upper * keeps).transposed()
    let edges = (upper * keeps).nonZeroIndices()
    let features = Tensor.normal([count, 8], using: generator)
    let model = GCN(
      graph: NodeGraph(features: features, edges: edges), classCount: 3, using: generator)
    let labels = model(nodes).argmax(along: 1)
    func loss(_ adjacency: Tensor) -> Tensor {
      model.logits(of: nodes, adjacency: adjacency).crossEntropy(labels)
    }
    let budget = 5
    let result = try EdgeFlips(budget: budget).perturbed(adjacency, loss: loss)
    expectSymmetric(result.adjacency)
    #expect(result.flips.count == budget)
    let before = loss(adjacency).item
    let gain = loss(result.adjacency).item - before
    let random = (0..<20).map { index -> Double in
      let draw = Tensor.uniform(
        [count, count], in: 0...1,
        using: Generator(seed: 3, purpose: "flips", index: UInt64(index)))
      // A linear loss with random worths flips random pairs.
      let worth = draw * (ones - 2 * adjacency)
      let flipped = try? EdgeFlips(budget: budget).perturbed(adjacency) { ($0 * worth).sum() }
      return flipped.map { loss($0.adjacency).item - before } ?? 0
    }
    #expect(gain > 0 && gain > (random.max() ?? 0))
  }

  @Test("wrong settings and matrices are refused")
  func errors() throws {
    #expect(throws: PerturbationError.self) { try EdgeFlips(budget: -1) }
    #expect(throws: PerturbationError.self) { try EdgeFlips(budget: 1, flipsPerGradient: 0) }
    let rule = try EdgeFlips(budget: 1)
    for wrong in [
      Tensor.zeros([2, 3]), Tensor([Float(0), 1, 0, 0], shape: [2, 2]),
      Tensor([Float(0), 0.5, 0.5, 0], shape: [2, 2]), Tensor.zeros([0, 0]),
    ] {
      #expect(throws: PerturbationError.self) { try rule.perturbed(wrong) { $0.sum() } }
    }
    #expect(throws: PerturbationError.self) {
      try rule.perturbed(Self.path, mask: .ones([2, 2])) { $0.sum() }
    }
  }
}
