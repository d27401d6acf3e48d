import Torch

/// The people of a set of portraits: a private pool, to be protected, and a public one.
///
/// The pools come from disjoint random streams, and no two people of either pool are closer than a
/// minimum distance: a candidate too close to someone before it is drawn anew. The private pool is
/// drawn first, so it does not depend on the size of the public one.
public struct PortraitPopulation: Sendable, Equatable {
  /// Which of the two pools.
  public enum Pool: String, Codable, CaseIterable, Sendable {
    /// The people a model is trained on, whom an attack tries to reveal.
    case `private`
    /// Other people, of whom an attacker has pictures.
    case `public`
  }

  /// The people whom an attack tries to reveal.
  public let privateIdentities: [PortraitIdentity]
  /// Other people.
  public let publicIdentities: [PortraitIdentity]

  /// Draws both pools.
  ///
  /// - Throws: ``ProceduralError/identitiesTooClose(placed:wanted:minimumDistance:)`` when 5000
  ///   candidates in a row are too close to someone.
  init(
    privateCount: Int, publicCount: Int, minimumDistance: Double, seed: UInt64
  ) throws(ProceduralError) {
    var placed: [PortraitIdentity] = []
    // The vectors of all of them, one after the other.
    var vectors: [Double] = []
    for pool in Pool.allCases {
      for index in 0..<(pool == .private ? privateCount : publicCount) {
        var stream = RandomStream(
          seed: seed, purpose: "portraits.identity.\(pool.rawValue)", index: UInt64(index))
        let found = (0..<5000).lazy
          .map { _ in PortraitIdentity(drawnFrom: &stream) }
          .first { Self.isApart($0.vector, from: vectors, by: minimumDistance) }
        guard let found else {
          throw .identitiesTooClose(
            placed: placed.count, wanted: privateCount + publicCount,
            minimumDistance: minimumDistance)
        }
        placed.append(found)
        vectors += found.vector
      }
    }
    privateIdentities = Array(placed.prefix(privateCount))
    publicIdentities = Array(placed.dropFirst(privateCount))
  }

  /// Whether a vector is at least so far from each of others, which stand one after the other.
  ///
  /// Most people are far apart by a few coordinates, after which the others need not be looked at.
  private static func isApart(
    _ candidate: [Double], from others: [Double], by minimumDistance: Double
  ) -> Bool {
    let enough = 2 * minimumDistance * minimumDistance
    return others.withUnsafeBufferPointer { others in
      candidate.withUnsafeBufferPointer { candidate in
        var start = 0
        while start < others.count {
          var (squared, place) = (0.0, 0)
          while place < candidate.count, squared < enough {
            let difference = others[start + place] - candidate[place]
            squared += difference * difference
            place += 1
          }
          if squared.squareRoot() < minimumDistance { return false }
          start += candidate.count
        }
        return true
      }
    }
  }

  /// The people of one pool; their places in it are the labels.
  public subscript(pool: Pool) -> [PortraitIdentity] {
    pool == .private ? privateIdentities : publicIdentities
  }
}
