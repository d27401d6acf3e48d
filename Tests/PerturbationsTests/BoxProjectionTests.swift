import Perturbations
import Testing
import Torch

/// The projection onto an L1 ball and a room at once.
@Suite("L1 balls in rooms")
struct BoxProjectionTests {
  private let generator = Generator(seed: 11, purpose: "room")

  @Test(
    "the result is in both, and is the nearest point of both", arguments: [0.01, 0.5, 2, 100])
  func nearest(_ radius: Double) throws {
    for shape in [[5], [3, 4], [2, 5, 5]] {
      let centers = Tensor.uniform([6] + shape, dtype: .float64, using: generator)
      let mask = Tensor.uniform(shape, using: generator).greater(than: 0.2).to(.float64)
      let ball = try Ball(L1(), radius: radius, box: 0...1, mask: mask)
      let room = try #require(Room(around: centers, in: ball))
      let x = Tensor.normal([6] + shape, dtype: .float64, using: generator)
      let projected = L1().project(x, radius: radius, within: room)
      #expect(L1().length(of: projected).max().item <= radius * (1 + 1e-12))
      #expect(projected.isIdentical(to: room.clip(projected)))
      let again = L1().project(projected, radius: radius, within: room)
      #expect((again - projected).abs().max().item < 1e-12)
      // The nearest point p of a convex set satisfies <x - p, q - p> <= 0 for every q in it.
      var streams = (0..<6).map { RandomStream(seed: 2, purpose: "q", index: $0) }
      for _ in 0..<100 {
        let point = L1().randomPoints(shape, radius: radius, dtype: .float64, streams: &streams)
        let q = room.clip(point)
        let product = ((x - projected) * (q - projected)).flattened(from: 1).sum(along: 1)
        #expect(product.max().item <= 1e-9)
      }
      let alone = L1().project(
        x[1..<2], radius: radius,
        within: Room(around: centers[1..<2], in: ball))
      #expect(alone.isIdentical(to: projected[1..<2]))
    }
  }

  @Test("with room enough it is the projection onto the ball")
  func wide() throws {
    let x = Tensor.normal([7, 20], dtype: .float64, using: generator)
    let room = Room(around: Tensor.zeros(like: x), in: try Ball(L1(), radius: 1, box: -9...9))
    let difference = L1().project(x, radius: 1, within: room) - L1().project(x, radius: 1)
    #expect(difference.abs().max().item < 1e-12)
  }

  @Test("points inside stay where they are, and without room nothing moves")
  func inside() throws {
    let x = Tensor([0.1, -0.2, 0.05, 0, 0, 0.01], shape: [2, 3])
    let ball = try Ball(L1(), radius: 1, box: 0...1)
    let room = Room(around: Tensor.full([2, 3], 0.5, dtype: .float64), in: ball)
    #expect(L1().project(x, radius: 1, within: room).isIdentical(to: x))
    let none = Room(around: x, in: try Ball(L1(), radius: 1, mask: Tensor.zeros([3])))
    #expect(L1().project(x, radius: 1, within: none).abs().max().item == 0)
  }

  @Test("in single precision the length does not exceed the radius", arguments: [0.01, 0.3, 12])
  func single(_ radius: Double) throws {
    let centers = Tensor.uniform([20, 784], using: generator)
    let room = Room(around: centers, in: try Ball(L1(), radius: radius, box: 0...1))
    let x = Tensor.normal([20, 784], using: generator)
    let projected = L1().project(x, radius: radius, within: room)
    let length = L1().length(of: projected.to(.float64))
    #expect(length.max().item <= radius * (1 + 1e-6))
    #expect(length.min().item >= radius * (1 - 1e-6))
  }
}
