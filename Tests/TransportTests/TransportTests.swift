import Foundation
import Testing
import Transport

@Suite("Transport oracles")
struct TransportTests {
  /// Numbers in [0, 1) from a linear congruence, the same on every machine.
  static func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(UInt64(1) << 53)
    }
  }

  private static func permutations(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { place in
      var rest = items
      let first = rest.remove(at: place)
      return permutations(rest).map { [first] + $0 }
    }
  }

  @Test("the assignment is the best of all permutations, ties and negative costs included")
  func assignment() throws {
    let orders = Self.permutations(Array(0..<6))
    for seed in UInt64(0)..<20 {
      let values = Self.numbers(36, seed: seed).map {
        seed < 10 ? $0 - 0.3 : ($0 * 4).rounded(.down)
      }
      let costs = try TransportCosts(values, rows: 6, columns: 6)
      let sums = orders.map { order in
        order.enumerated().reduce(0) { $0 + costs[$1.offset, $1.element] }
      }
      let found = try Assignment(costs)
      #expect(abs(found.cost - (sums.min() ?? 0)) < 1e-12)
      #expect(Set(found.columns).count == 6)
    }
    #expect(try Assignment(TransportCosts([3], rows: 1, columns: 1)).cost == 3)
  }

  @Test("a shifted copy is its shift away, and the programme without a hinge says the same")
  func shiftedCopies() throws {
    let points = Self.numbers(120, seed: 4)
    let moved = points.enumerated().map { $0.element + ($0.offset.isMultiple(of: 2) ? 3 : -4) }
    let costs = try TransportCosts(from: moved, to: points, dimension: 2)
    #expect(abs(try Assignment(costs).meanCost - 5) < 1e-12)
    let programme = try HingeTransport(costs, hingeWeight: 0, margin: 0)
    #expect(abs(programme.loss + 5) < 1e-9)
  }

  @Test(
    "100 and 100 points: the programme is minus the distance to all digits, in any ratio of sides")
  func hundred() throws {
    let (from, to) = (Self.numbers(200, seed: 1), Self.numbers(200, seed: 2).map { $0 * 2 + 0.5 })
    let costs = try TransportCosts(from: from, to: to, dimension: 2)
    let exact = try Assignment(costs).meanCost
    #expect(abs(try HingeTransport(costs, hingeWeight: 0, margin: 0).loss + exact) < 1e-10)
    // Every point twice changes nothing: sides of other sizes have other masses.
    let twice = try TransportCosts(from: from + from, to: to, dimension: 2)
    let doubled = try HingeTransport(twice, hingeWeight: 0, margin: 0).loss
    #expect(abs(doubled + exact) < 1e-9, "\(doubled + exact)")
  }

  @Test("no 1-Lipschitz function has a smaller loss, and libraries' weights are the article's")
  func lowerBound() throws {
    let (from, to) = (Self.numbers(60, seed: 5), Self.numbers(80, seed: 6).map { $0 + 0.4 })
    let costs = try TransportCosts(from: from, to: to, dimension: 2)
    let best = try HingeTransport(costs, hingeWeight: 9, margin: 0.3)
    let library = try HingeTransport(costs, transportWeight: 0.1, hingeWeight: 0.9, margin: 0.3)
    #expect(abs(best.loss - 10 * library.loss) < 1e-9)
    func points(_ values: [Double]) -> [SIMD2<Double>] {
      stride(from: 0, to: values.count, by: 2).map { SIMD2(values[$0], values[$0 + 1]) }
    }
    for seed in UInt64(0)..<50 {
      let numbers = Self.numbers(2, seed: seed)
      let angle = 2 * .pi * numbers[0]
      // Linear functions of slope 1.
      func value(_ x: SIMD2<Double>) -> Double {
        cos(angle) * x.x + sin(angle) * x.y + 2 * numbers[1] - 1
      }
      let (up, down) = (points(from).map(value), points(to).map(value))
      let hinges = up.map { max(0, 0.3 - $0) } + down.map { max(0, 0.3 + $0) }
      let loss =
        down.reduce(0, +) / 40 - up.reduce(0, +) / 30 + 9 * hinges.reduce(0, +) / Double(70)
      #expect(loss >= best.loss - 1e-9)
    }
    // The function that was found keeps its distance from one side to the other.
    for row in 0..<costs.rows {
      for column in 0..<costs.columns {
        #expect(best.positive[row] - best.negative[column] <= costs[row, column] + 1e-8)
      }
    }
  }

  @Test("two points: a margin between ε and 2 ε allows a minimiser of the wrong sign")
  func twoPoints() throws {
    // f = a at the one and a - ε at the other; all a from ε - m to m are best once m exceeds ε / 2.
    let epsilon = 1.0
    let costs = try TransportCosts([epsilon], rows: 1, columns: 1)
    func loss(_ a: Double, _ margin: Double) -> Double {
      -epsilon + 10 * (max(0, margin - a) + max(0, margin + a - epsilon)) / 2
    }
    let wide = try HingeTransport(costs, hingeWeight: 10, margin: 1.5).loss
    #expect(abs(wide - loss(0.5, 1.5)) < 1e-9 && abs(wide - loss(-0.4, 1.5)) < 1e-9)
    let narrow = try HingeTransport(costs, hingeWeight: 10, margin: 0.9).loss
    #expect(abs(narrow - loss(0.5, 0.9)) < 1e-9 && loss(-0.01, 0.9) > narrow + 0.4)
  }

  @Test("Sinkhorn's bounds hold the exact distance between them")
  func sinkhorn() throws {
    let (from, to) = (Self.numbers(120, seed: 8), Self.numbers(120, seed: 9).map { $0 * 1.5 })
    let costs = try TransportCosts(from: from, to: to, dimension: 2)
    let exact = try Assignment(costs).meanCost
    let bounds = try Sinkhorn(costs)
    #expect(bounds.lowerBound <= exact + 1e-12 && exact <= bounds.upperBound + 1e-12)
    #expect(bounds.upperBound - bounds.lowerBound < 0.05 * exact)
    let nothing = try Sinkhorn(TransportCosts([0, 0], rows: 1, columns: 2))
    #expect(nothing.lowerBound == 0 && nothing.upperBound == 0)
  }

  @Test("rays find the nearest point of a line and of a circle")
  func boundary() throws {
    let search = try PlanarBoundary(rays: 90, step: 0.05, limit: 3)
    let line = try #require(
      try search.nearest(to: SIMD2(0.3, 0.2)) { $0.map { 0.6 * $0.x + 0.8 * $0.y - 1 } })
    #expect(abs(line.distance - 0.66) < 1e-5 && abs(line.point.x - 0.696) < 1e-2)
    let circle = try #require(
      try search.nearest(to: SIMD2(0.25, -0.1)) { $0.map { 1 - ($0.x * $0.x + $0.y * $0.y) } })
    #expect(abs(circle.distance - (1 - (0.0725).squareRoot())) < 1e-5)
    #expect(try search.nearest(to: .zero) { $0.map { _ in 1 } } == nil)
  }

  @Test("what cannot be is refused by name")
  func badInput() throws {
    #expect(throws: TransportError.emptySide) { try TransportCosts([], rows: 0, columns: 1) }
    #expect(throws: TransportError.self) { try TransportCosts([1, .nan], rows: 1, columns: 2) }
    #expect(throws: TransportError.self) { try TransportCosts([1], rows: 1, columns: 2) }
    #expect(throws: TransportError.self) {
      try TransportCosts(from: [1, 2, 3], to: [1, 2], dimension: 2)
    }
    let wide = try TransportCosts([1, 2], rows: 1, columns: 2)
    #expect(throws: TransportError.self) { try Assignment(wide) }
    #expect(throws: TransportError.self) { try HingeTransport(wide, hingeWeight: -1, margin: 1) }
    #expect(throws: TransportError.self) { try HingeTransport(wide, hingeWeight: 1, margin: -1) }
    #expect(throws: TransportError.self) { try Sinkhorn(wide, regularisation: 0) }
    let many = try TransportCosts(Array(repeating: 1, count: 500), rows: 500, columns: 1)
    #expect(throws: TransportError.self) { try HingeTransport(many, hingeWeight: 1, margin: 1) }
    #expect(throws: TransportError.self) { try PlanarBoundary(rays: 2, step: 1, limit: 2) }
    #expect(throws: TransportError.self) { try PlanarBoundary(step: 0, limit: 2) }
  }
}
