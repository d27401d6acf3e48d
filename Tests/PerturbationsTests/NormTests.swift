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

  @Test("a radius for every example projects as one radius does", arguments: names + ["l0"])
  func radii(_ name: String) throws {
    let norm = try norm(name)
    let x = Tensor.normal([4, 3, 5], dtype: .float64, using: generator)
    let radii = [0, 0.7, 3, Double.infinity]
    let projected = norm.project(x, radii: Tensor(radii))
    for (row, radius) in radii.enumerated() {
      let alone = norm.project(x[row..<(row + 1)], radius: radius)
      #expect((projected[row] - alone[0]).abs().max().item < 1e-15)
      #expect(norm.length(of: alone).item <= radius * (1 + 1e-12))
    }
    #expect(projected[3].isIdentical(to: x[3]))
  }

  @Test("L0 keeps the largest features, of equal ones the first, and counts them")
  func features() {
    let x = Tensor([3.0, -1, 0, -4, 2, 2, 2, 2], shape: [2, 4])
    let kept = L0().project(x, radius: 2.9).values(as: Double.self)
    #expect(kept == [3, 0, 0, -4, 2, 2, 0, 0])
    #expect(L0().length(of: x).values(as: Double.self) == [3, 4])
    var streams = (0..<50).map { RandomStream(seed: 2, purpose: "l0", index: $0) }
    let points = L0().randomPoints([3, 4], radius: 5, dtype: .float64, streams: &streams)
    #expect(L0().length(of: points).values(as: Double.self) == Array(repeating: 5, count: 50))
    #expect(points.abs().max().item <= 1)
  }

  @Test(
    "the shortest step changes the product as asked, stays in the room and has no shorter rival",
    arguments: names + ["l0"])
  func shortestStep(_ name: String) throws {
    let norm = try norm(name)
    let inputs = Tensor.uniform([40, 7], in: 0...1, dtype: .float64, using: generator)
    let normal = Tensor.normal([40, 7], dtype: .float64, using: generator)
    let change = Tensor.uniform([40], in: -1...1, dtype: .float64, using: generator)
    let room = try #require(Room(around: inputs, in: Ball(norm, radius: 1, box: 0...1)))
    let step = norm.shortestStep(along: normal, by: change, within: room)
    #expect((room.clip(step) - step).abs().max().item == 0)
    #expect(((normal * step).sum(along: 1) - change).abs().max().item < 1e-12)
    // Points of the room on the hyperplane: random ones, moved onto it feature after feature.
    let length = norm.length(of: step)
    for _ in 0..<100 {
      let start = Tensor.uniform([40, 7], in: 0...1, dtype: .float64, using: generator) - inputs
      let missing = change - (normal * start).sum(along: 1)
      let around = try #require(
        Room(around: inputs + start, in: Ball(norm, radius: 1, box: 0...1)))
      let rival = start + norm.shortestStep(along: normal, by: missing, within: around)
      #expect((norm.length(of: rival) - length).min().item > -1e-12)
    }
    // Without a box it is the dual length that counts, and without a way nothing happens.
    let free = norm.shortestStep(along: normal, by: change, within: nil)
    #expect(((normal * free).sum(along: 1) - change).abs().max().item < 1e-12)
    let stuck = norm.shortestStep(along: normal * 0, by: change, within: room)
    #expect(stuck.abs().max().item == 0)
    // What cannot be reached is approached as far as the box allows.
    let corner = norm.shortestStep(along: normal, by: change.sign() * 1e3, within: room)
    let farthest = ((normal * change.sign().unsqueezed(1)).greater(than: 0).to(.float64) - inputs)
    #expect((corner - farthest).abs().max().item < 1e-12)
  }

  @Test("an unknown norm is refused with the known ones")
  func unknown() {
    #expect(throws: PerturbationError.unknownNorm("l3", known: Self.names + ["l0"])) {
      try Norms.named("l3")
    }
  }
}
