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
    for pool in Pool.allCases {
      for index in 0..<(pool == .private ? privateCount : publicCount) {
        var stream = RandomStream(
          seed: seed, purpose: "portraits.identity.\(pool.rawValue)", index: UInt64(index))
        let found = (0..<5000).lazy
          .map { _ in PortraitIdentity(drawnFrom: &stream) }
          .first { candidate in
            placed.allSatisfy { $0.distance(to: candidate) >= minimumDistance }
          }
        guard let found else {
          throw .identitiesTooClose(
            placed: placed.count, wanted: privateCount + publicCount,
            minimumDistance: minimumDistance)
        }
        placed.append(found)
      }
    }
    privateIdentities = Array(placed.prefix(privateCount))
    publicIdentities = Array(placed.dropFirst(privateCount))
  }

  /// The people of one pool; their places in it are the labels.
  public subscript(pool: Pool) -> [PortraitIdentity] {
    pool == .private ? privateIdentities : publicIdentities
  }
}
