import Datasets
import Foundation
import Networks
import Perturbations
import Testing
import Torch
import Transport

@Suite("Attacks on networks of optimal transport: the distance is the score")
struct CorollaryTests {
  init() { IntraOperatorThreads.set(1) }

  /// How far attacks go, in units of `|f|`, on the first points of both sides that are classified rightly.
  private struct Ratios {
    var byAttack: [String: [Double]] = [:]
    var scores: [Double] = []
    var points: Tensor

    init(_ toy: TransportToy, _ attacks: [String] = ["cw", "fmn"]) throws {
      let rows = (0..<12).flatMap { [$0, $0 + toy.count] }
      let labels = rows.map { $0 < toy.count ? 1 : 0 }
      let all = toy.points.selecting(rows: rows)
      let right = zip(rows.indices, toy.values(all)).filter { ($1 > 0) == (labels[$0] == 1) }.map(
        \.0)
      points = all.selecting(rows: right)
      scores = toy.values(points).map(abs)
      let batch = Batch(
        inputs: points, labels: Tensor(right.map { labels[$0] }), indices: Array(right.indices))
      let frozen = FrozenNetwork(toy.network, inputShape: [points.size(1)], classCount: 2)
      // Attacks begin with steps in proportion to the data.
      let extent = 1.5 * points.abs().max().item
      let ball = try Ball(L2(), radius: 2 * extent, box: -extent...extent)
      for name in attacks {
        // To the end: the shortest perturbation counts, not the first.
        var attack = try Attacks.named(name).setting("stopsEarly", to: "false")
        if name == "cw" {
          attack = try attack.setting("steps", to: "500").setting("initialConstant", to: "1")
        }
        let result = try AttackEngine().run(
          attack, on: Target(frozen), batch, within: ball, context: Context(seed: 0))
        byAttack[name] = zip(result.distance, scores).map { ($0 ?? .infinity) / $1 }
      }
      byAttack["fgm"] = Self.fastGradient(toy, points, scores)
    }

    /// The least length of one step along the gradient that crosses the boundary.
    private static func fastGradient(
      _ toy: TransportToy, _ points: Tensor, _ scores: [Double]
    ) -> [Double] {
      let (values, slopes) = toy.gradients(at: points)
      let units = slopes / slopes.norm(along: [1], keepingDimensions: true)
      let signs = values.sign()
      var found = [Double](repeating: .infinity, count: scores.count)
      for percent in 90...200 {
        let ratio = Double(percent) / 100
        let moved = points - (values * ratio).unsqueezed(1) * units
        let now = zip(toy.values(moved), signs.values(as: Float.self)).map { $0 * Double($1) <= 0 }
        for place in found.indices where now[place] { found[place] = min(found[place], ratio) }
      }
      return found
    }
  }

  /// Attacks are no shorter than scores, and hardly longer.
  private func expectEqual(_ ratios: Ratios, _ name: String) {
    for (attack, values) in ratios.byAttack {
      for (ratio, score) in zip(values, ratios.scores) where score > 1e-2 {
        #expect(ratio >= 1 - 1e-3 / score - (attack == "fgm" ? 0.01 : 0), "\(name) \(attack)")
      }
      #expect(
        values.median <= (attack == "fgm" ? 1.02 : 1.01), "\(name) \(attack) \(values.median)")
    }
  }

  @Test(
    "E4 and E6: every attack finds the distance that the score says",
    .enabled(if: PropositionTests.isSlow))
  func attacks() throws {
    let clusters = try TransportToy(
      PropositionTests.gaussians(separation: 4.5), .init(weights: (10, 0.2), steps: 600))
    expectEqual(try Ratios(clusters), "E4")
    let snowflakes = try TransportToy(
      PropositionTests.koch(), .init(weights: (10, 0.05), steps: 2000))
    let ratios = try Ratios(snowflakes)
    expectEqual(ratios, "E6")
    // An oracle that knows nothing of gradients.
    let search = try PlanarBoundary(rays: 180, step: 0.02, limit: 1)
    let places = ratios.points.to(.float64).values(as: Double.self)
    let found = try ratios.scores.indices.map { row -> Double in
      let point = SIMD2(places[2 * row], places[2 * row + 1])
      let crossing = try search.nearest(to: point) { points in
        snowflakes.values(
          Tensor(points.flatMap { [Float($0.x), Float($0.y)] }, shape: [points.count, 2]))
      }
      return (crossing?.distance ?? .infinity) / ratios.scores[row]
    }
    #expect((found.min() ?? 0) > 1 - 1e-3 && found.median < 1.01, "\(found)")
  }

  @Test("negative control: the scores of an unconstrained network are no distances")
  func unconstrained() throws {
    var plan = TransportToy.Plan(weights: (10, 0.2), steps: 60)
    plan.isConstrained = false
    let toy = try TransportToy(PropositionTests.gaussians(separation: 4.5), plan)
    let ratios = try Ratios(toy, ["fmn"])
    let shorter = (ratios.byAttack["fmn"] ?? []).filter { $0 < 0.9 }
    #expect(shorter.count > ratios.scores.count / 2)
  }
}
