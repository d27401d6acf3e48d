import Training
import Transport

/// Which example of the other class the best plan of transport carries an example to, for the first
/// examples of two classes.
struct TransportPairs: Sendable {
  /// The most examples of either class.
  static let sideLimit = 200

  /// The examples that the plan is about.
  let indices: [Int]
  private let partners: [Int: Int]

  /// The plan that belongs to the least hKR loss of all 1-Lipschitz functions on these examples
  /// (`HingeTransport`); `nil` when a class has no example. An example that is carried to several others has
  /// the one that gets most of it.
  ///
  /// - Throws: `TransportError`.
  init?(
    of places: [SIMD2<Double>], _ labels: [Int], _ loss: HingeRegularisation
  ) throws(TransportError) {
    let sides = [1, 0].map { side in
      Array(places.indices.lazy.filter { labels[$0] == side }.prefix(Self.sideLimit))
    }
    guard sides.allSatisfy({ !$0.isEmpty }) else { return nil }
    func numbers(_ side: [Int]) -> [Double] { side.flatMap { [places[$0].x, places[$0].y] } }
    let costs = try TransportCosts(from: numbers(sides[0]), to: numbers(sides[1]), dimension: 2)
    let best = try HingeTransport(
      costs, transportWeight: loss.transportWeight, hingeWeight: loss.hingeWeight,
      margin: loss.margin)
    var largest: [Int: (partner: Int, mass: Double)] = [:]
    for parcel in best.plan {
      let (own, other) = (sides[0][parcel.row], sides[1][parcel.column])
      for (index, partner) in [(own, other), (other, own)]
      where parcel.mass > (largest[index]?.mass ?? 0) {
        largest[index] = (partner, parcel.mass)
      }
    }
    indices = sides.flatMap(\.self).sorted()
    partners = largest.mapValues(\.partner)
  }

  /// What an example is carried to.
  subscript(index: Int) -> Int? { partners[index] }
}
