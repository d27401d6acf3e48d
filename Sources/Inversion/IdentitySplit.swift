import Datasets
import Files
import Foundation
import Torch

/// Who is public, who is private, and on whom thresholds are chosen: three sets of people that have nobody
/// in common.
///
/// The attacker has pictures of the public, learns from them, and knows nothing of the private but their
/// templates. Thresholds come from people of neither set.
public struct IdentitySplit: Sendable, Equatable, Codable {
  /// Whom the attacker has pictures of.
  public let publicIdentities: [String]
  /// Whose templates are attacked.
  public let privateIdentities: [String]
  /// Whose impostor pairs decide from which score on a pair is accepted.
  public let thresholdIdentities: [String]

  /// A split by names.
  ///
  /// - Throws: ``InversionError/sharedIdentities(_:first:second:)`` when two sets have a person in common;
  ///   ``InversionError/tooFew(_:count:least:)`` when one has fewer than two people.
  public init(
    publicIdentities: [String], privateIdentities: [String], thresholdIdentities: [String]
  ) throws(InversionError) {
    let sets = [
      ("public", publicIdentities), ("private", privateIdentities),
      ("threshold", thresholdIdentities),
    ]
    for (place, (name, people)) in sets.enumerated() {
      guard Set(people).count >= 2 else {
        throw .tooFew("\(name) identities", count: Set(people).count, least: 2)
      }
      for (other, others) in sets[..<place] {
        let shared = Set(people).intersection(others).sorted()
        guard shared.isEmpty else { throw .sharedIdentities(shared, first: other, second: name) }
      }
    }
    self.publicIdentities = publicIdentities
    self.privateIdentities = privateIdentities
    self.thresholdIdentities = thresholdIdentities
  }

  /// A split drawn at random.
  ///
  /// - Parameters:
  ///   - names: everybody there is, each once.
  ///   - privateCount: how many are private, at least 2.
  ///   - thresholdCount: on how many thresholds are chosen, at least 2; all others are public.
  ///   - seed: what the draw depends on.
  /// - Throws: ``InversionError/tooFew(_:count:least:)``,
  ///   ``InversionError/sharedIdentities(_:first:second:)`` for a name that occurs twice.
  public init(
    drawing names: [String], privateCount: Int, thresholdCount: Int, seed: UInt64
  ) throws(InversionError) {
    let least = max(0, privateCount) + max(0, thresholdCount) + 2
    guard names.count >= least else {
      throw .tooFew("identities", count: names.count, least: least)
    }
    var stream = RandomStream(seed: seed, purpose: "split.identities")
    let order = stream.permutation(of: names.count)
    func taken(_ range: Range<Int>) -> [String] { order[range].sorted().map { names[$0] } }
    let (first, second) = (max(0, privateCount), max(0, privateCount) + max(0, thresholdCount))
    try self.init(
      publicIdentities: taken(second..<names.count), privateIdentities: taken(0..<first),
      thresholdIdentities: taken(first..<second))
  }

  /// The examples of each set; people are numbered anew in each, in the order of their names here.
  ///
  /// - Throws: `DatasetError` for a name that the data do not have;
  ///   ``InversionError/sharedImages(count:first:second:)`` when an image is in two sets.
  public func divide(
    _ data: Dataset
  ) throws -> (public: Dataset, private: Dataset, threshold: Dataset) {
    let parts = (
      public: try data.restricted(toClasses: publicIdentities),
      private: try data.restricted(toClasses: privateIdentities),
      threshold: try data.restricted(toClasses: thresholdIdentities)
    )
    try Self.checkImages([
      ("the public set", parts.public), ("the private set", parts.private),
      ("the threshold set", parts.threshold),
    ])
    return parts
  }

  /// Checks that no image is in two sets, whatever the people in it are called.
  ///
  /// - Throws: ``InversionError/sharedImages(count:first:second:)``.
  public static func checkImages(_ sets: [(name: String, data: Dataset)]) throws {
    var seen: [(name: String, digests: Set<String>)] = []
    for (name, data) in sets {
      let digests = Set(
        try (0..<data.count).map { index in
          try data.inputs[index].contiguous().withUnsafeBytes {
            try Digest.hexadecimal(.sha256, of: $0)
          }
        })
      for other in seen {
        let shared = other.digests.intersection(digests).count
        guard shared == 0 else {
          throw InversionError.sharedImages(count: shared, first: other.name, second: name)
        }
      }
      seen.append((name, digests))
    }
  }
}
