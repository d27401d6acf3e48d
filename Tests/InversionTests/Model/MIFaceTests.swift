import Foundation
import Inversion
import Networks
import Testing
import Torch

/// Two classes of images `[N, 1, 1, D]`: the logit of the first is a plane, that of the second 0, so that
/// `p_0 = 1 / (1 + exp(-(w x + b)))`.
private struct Plane: Classifier {
  let weights: [Double]
  let offset: Double
  var classCount: Int { 2 }
  var inputShape: [Int] { [1, 1, weights.count] }

  func logits(_ inputs: Tensor) throws -> Tensor {
    let rows = Tensor(weights + weights.map { _ in 0 }, shape: [2, weights.count])
    return inputs.flattened(from: 1).linear(rows) + Tensor([offset, 0], shape: [1, 2])
  }

  /// What MI-Face does here, in closed form: `∇c = ∓p(1 - p) w`.
  func descended(_ start: [Double], of label: Int, steps: Int, rate: Double) -> [[Double]] {
    var (x, path) = (start, [start])
    for _ in 0..<steps {
      let p = probability(x, of: 0)
      let sign = label == 0 ? 1.0 : -1
      x = zip(x, weights).map { min(1, max(0, $0 + rate * sign * p * (1 - p) * $1)) }
      path.append(x)
    }
    return path
  }

  func probability(_ x: [Double], of label: Int) -> Double {
    let first = 1 / (1 + exp(-(zip(x, weights).map(*).reduce(0, +) + offset)))
    return label == 0 ? first : 1 - first
  }
}

@Suite("MI-Face")
struct MIFaceTests {
  private let plane = Plane(weights: [1, -2, 3], offset: -1)

  private func run(
    _ attack: MIFace, _ model: any Classifier, _ classes: [Int], _ start: [Double], batch: Int = 256
  ) throws -> MIFace.Result {
    let width = start.count / classes.count
    return try attack.images(
      of: classes, from: Tensor(start, shape: [classes.count, 1, 1, width]), by: model,
      batchSize: batch)
  }

  @Test("steps are the gradient's of 1 - p, within the range of pixels", arguments: [0, 1])
  func steps(label: Int) throws {
    let start = [0.2, 0.5, 0.3]
    let path = plane.descended(start, of: label, steps: 40, rate: 0.5)
    // With a threshold of 1 every step is taken, and the last iterate is handed in.
    var attack = MIFace(iterations: 40, rate: 0.5, stop: .artCompatible(threshold: 1))
    var seen: [[Double]] = []
    let made = try attack.images(
      of: [label], from: Tensor(start, shape: [1, 1, 1, 3]), by: plane
    ) { _, _, images in seen.append(images.values()) }
    #expect(seen.count == 40 && made.iterations == [40])
    for (place, images) in seen.enumerated() {
      #expect(areClose(images, path[place + 1], 1e-12))
    }
    #expect(areClose(made.images.values(), path[40], 1e-12))
    #expect(areClose(made.costs, [1 - plane.probability(path[40], of: label)], 1e-12))
    // At least one pixel ended at an end of its range.
    #expect(path[40].contains { $0 == 0 || $0 == 1 })
    attack.box = -10...10
    let free = try run(attack, plane, [label], start)
    #expect(free.costs[0] < made.costs[0])
  }

  @Test("the article: left at a small cost, or when the cost rises above all of the last")
  func paper() throws {
    // The cost falls at every step until it is below the limit.
    let start = [0.2, 0.5, 0.3]
    let path = plane.descended(start, of: 0, steps: 200, rate: 0.5)
    let costs = path.map { 1 - plane.probability($0, of: 0) }
    let first = try #require(costs.dropFirst().firstIndex { $0 <= 0.4 })
    let made = try run(
      MIFace(rate: 0.5, stop: .paper(cost: 0.4)), plane, [0], start)
    #expect(made.iterations == [first] && areClose(made.costs, [costs[first]], 1e-12))
    // The limit is never reached: all pixels end at the ends of their range, the cost stays, and is no lower
    // than the largest of the last three once it has been the same for three steps.
    let stuck = try run(
      MIFace(rate: 0.5, stop: .paper(window: 3, cost: 0.001)), plane, [0], start)
    let still = try #require(path.indices.dropFirst().first { path[$0] == path[$0 - 1] })
    #expect(path[still] == [1, 0, 1] && stuck.iterations == [still + 2])
    // γ = 0.99 taken for a cost, as printed: a probability of 1 % is enough.
    let printed = try run(MIFace(rate: 0.5, stop: .paper(cost: 0.99)), plane, [0], start)
    #expect(printed.iterations == [1])
  }

  @Test("of iterates of which the last is worse, the article hands in the best, ART the last")
  func kept() throws {
    // A model with a narrow valley: far from it steps are short, on its slope so long that they leap over it.
    struct Valley: Classifier {
      var classCount: Int { 2 }
      var inputShape: [Int] { [1, 1, 1] }
      func logits(_ inputs: Tensor) throws -> Tensor {
        let x = inputs.flattened(from: 1)
        return Tensor.concatenated([((x - 0.5).squared() * -50).exp() * 4, x * 0], along: 1)
      }
    }
    let start = [0.2]
    let paper = try run(
      MIFace(iterations: 10, rate: 0.3, stop: .paper(window: 2, cost: 0)), Valley(), [0], start)
    var costs: [Double] = []
    let last = try MIFace(iterations: 10, rate: 0.3, stop: .artCompatible(threshold: 1)).images(
      of: [0], from: Tensor(start, shape: [1, 1, 1, 1]), by: Valley()
    ) { _, _, images in
      let x = images.values(as: Double.self)[0]
      costs.append(1 - 1 / (1 + exp(-4 * exp(-50 * (x - 0.5) * (x - 0.5)))))
    }
    #expect(costs[0] < costs[1] - 0.1)
    #expect(areClose(paper.costs, [costs[0]], 1e-12) && paper.iterations == [2])
    #expect(areClose(last.costs, [costs[9]], 1e-12) && last.iterations == [10])
    #expect(last.costs[0] > paper.costs[0] + 0.1)
  }

  @Test("ART goes on while its test holds: one step where the probability is high or low enough")
  func compatible() throws {
    let sure = Plane(weights: [1, -2, 3], offset: -8)
    let start = [0.2, 0.5, 0.3]
    // The probability is below 1 %, the cost above the threshold of 0.99: left after one step, with nothing
    // done. That is what probabilities and the default give.
    let left = try run(
      MIFace(iterations: 300, stop: .artCompatible()), sure, [0], start)
    #expect(left.iterations == [1] && left.costs[0] > 0.99)
    // With 0.99 and a probability that is above 1 % it never stops, however good the image is.
    let going = try run(
      MIFace(iterations: 300, stop: .artCompatible()), plane, [0], start)
    #expect(going.iterations == [300])
    // The window starts with infinities: a cost is no lower than its largest only when the window is full,
    // and goes on then where it does not fall.
    let flat = Plane(weights: [0, 0, 0], offset: -8)
    let one = try run(
      MIFace(iterations: 300, stop: .artCompatible(window: 1)), flat, [0], start)
    #expect(one.iterations == [1])
    let none = try run(
      MIFace(iterations: 300, stop: .artCompatible(window: 1, threshold: 1)), flat, [0], start)
    #expect(none.iterations == [300])
  }

  @Test("every image is stopped on its own, whoever is beside it and in whichever batch")
  func activity() throws {
    let start = [0.2, 0.5, 0.3, 0.9, 0.1, 0.9, 0.6, 0.4, 0.5, 0.5, 0.5, 0.5]
    let classes = [0, 0, 1, 0]
    let attack = MIFace(iterations: 60, rate: 0.1, stop: .paper(window: 5, cost: 0.2))
    let together = try run(attack, plane, classes, start)
    #expect(Set(together.iterations).count > 2)
    for batch in [1, 3] {
      let parts = try run(attack, plane, classes, start, batch: batch)
      #expect(parts.iterations == together.iterations)
      #expect(areClose(parts.images.values(), together.images.values(), 1e-14))
    }
    let alone = try run(attack, plane, [0], Array(start[9...]))
    #expect(alone.iterations == [together.iterations[3]])
    #expect(areClose(alone.images.values(), Array(together.images.values().dropFirst(9)), 1e-14))
    // What it costs: one answer before the first step, and one a step.
    let counted = CountedClassifier(plane)
    let again = try run(attack, counted, classes, start)
    #expect(counted.counts.forward == again.iterations.reduce(4, +))
  }

  @Test("settings out of range, other classes and other counts are refused")
  func refused() throws {
    let start = [0.2, 0.5, 0.3]
    for attack in [
      MIFace(iterations: 0), MIFace(rate: 0), MIFace(rate: .nan),
      MIFace(stop: .paper(window: 0)), MIFace(stop: .artCompatible(threshold: -1)),
    ] {
      #expect(throws: InversionError.self) { try run(attack, plane, [0], start) }
    }
    #expect(throws: InversionError.self) { try run(MIFace(), plane, [2], start) }
    #expect(throws: InversionError.self) {
      try MIFace().images(of: [0, 1], from: Tensor(start, shape: [1, 1, 1, 3]), by: plane)
    }
  }
}
