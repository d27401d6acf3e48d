import Perturbations
import Testing
import Torch

@Suite("Norms")
struct NormTests {
  static let names = ["linf", "l2", "l1"]
  private let generator = Generator(seed: 1, purpose: "norms")

  private func norm(_ name: String) throws -> any Norm { try Norms.named(name) }

  @Test(
    "a projection is in the ball, is the nearest point, and is done once",
    arguments: names, [0, 0.3, 1, 100])
  func projection(_ name: String, _ radius: Double) throws {
    let norm = try norm(name)
    for shape in [[8], [4, 6], [5, 7, 7]] {
      let x = Tensor.normal([6] + shape, dtype: .float64, using: generator)
      let projected = norm.project(x, radius: radius)
      #expect(norm.length(of: projected).max().item <= radius * (1 + 1e-12))
      #expect((norm.project(projected, radius: radius) - projected).abs().max().item < 1e-12)
      // The nearest point p of a convex set satisfies <x - p, q - p> <= 0 for every q in it.
      var streams = (0..<6).map { RandomStream(seed: 2, purpose: "q", index: $0) }
      for _ in 0..<50 {
        let q = norm.randomPoints(shape, radius: radius, dtype: .float64, streams: &streams)
        let product = ((x - projected) * (q - projected)).flattened(from: 1).sum(along: 1)
        #expect(product.max().item <= 1e-9)
      }
      let half = norm.project(x[0..<3], radius: radius)
      #expect((half - projected[0..<3]).abs().max().item < 1e-15)
    }
  }

  @Test("points already inside stay where they are", arguments: names)
  func inside(_ name: String) throws {
    let x = Tensor([0.1, -0.2, 0.05, 0, 0, 0.01], shape: [2, 3])
    #expect((try norm(name).project(x, radius: 1) - x).abs().max().item < 1e-16)
  }

  @Test("the steepest direction has length 1 and reaches the dual length", arguments: names)
  func steepest(_ name: String) throws {
    let norm = try norm(name)
    let gradient = Tensor.normal([5, 4, 3], dtype: .float64, using: generator)
    let direction = norm.steepest(gradient)
    #expect((norm.length(of: direction) - 1).abs().max().item < 1e-12)
    let reached = (gradient * direction).flattened(from: 1).sum(along: 1)
    #expect((reached - norm.dual.length(of: gradient)).abs().max().item < 1e-12)
    let zero = norm.steepest(Tensor.zeros([2, 3]))
    #expect(zero.abs().max().item == 0)
  }

  @Test("tiny gradients keep their direction in float32")
  func underflow() {
    let gradient = Tensor([Float(3e-30), 4e-30], shape: [1, 2])
    let direction = L2().steepest(gradient).values(as: Float.self)
    #expect(abs(direction[0] - 0.6) < 1e-6)
    #expect(abs(direction[1] - 0.8) < 1e-6)
  }

  @Test(
    "random points fill the ball uniformly: the mean length is r d / (d + 1)",
    arguments: names)
  func randomPoints(_ name: String) throws {
    let norm = try norm(name)
    let count = 4000
    let dimension = 5
    var streams = (0..<count).map {
      RandomStream(seed: 3, purpose: "points", index: UInt64($0))
    }
    let points = norm.randomPoints(
      [dimension], radius: 2, dtype: .float64, streams: &streams)
    let lengths = norm.length(of: points)
    #expect(lengths.max().item <= 2)
    let expected = 2.0 * Double(dimension) / Double(dimension + 1)
    // The length's variance is below (2 / 6)² / 1.4; five standard errors.
    #expect(abs(lengths.mean().item - expected) < 5 * 0.3 / Double(count).squareRoot())
    #expect(points.mean(along: 0).abs().max().item < 5 * 1.2 / Double(count).squareRoot())
  }

  @Test("an unknown norm is refused with the known ones")
  func unknown() {
    #expect(throws: PerturbationError.unknownNorm("l3", known: Self.names)) {
      try Norms.named("l3")
    }
  }
}
