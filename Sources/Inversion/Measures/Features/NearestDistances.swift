import Torch

/// How near images come to the nearest real image of the person they are meant to show, in an evaluator's
/// features: `min_j |f(x) - f(x_j)|²` over the private training images j of the class (KNN distance, δ_eval).
///
/// Squared, as in the tables of KED-MI, PLG-MI and Diff-MI.
public struct NearestDistances: Sendable, Equatable {
  /// The squared distance of every made image.
  public let values: [Double]
  /// What computed the features.
  public let features: String

  /// The distances of made images.
  ///
  /// - Parameters:
  ///   - real: features of the images that the target was trained on.
  ///   - made: features of images by whom they are meant to show.
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for a person without a real image; ``InversionError``
  ///   for features of other networks.
  public init(real: FeatureSet, made: FeatureSet) throws(InversionError) {
    try real.check(made)
    let owned = Dictionary(grouping: 0..<real.count) { real.identities[$0] }
    var values = [Double](repeating: .nan, count: made.count)
    let groups = Dictionary(grouping: 0..<made.count) { made.identities[$0] }
    for (identity, places) in groups {
      guard let own = owned[identity] else {
        throw .tooFew("real images of identity \(identity)", count: 0, least: 1)
      }
      let least = made.rows.selecting(rows: places)
        .squaredDistances(to: real.rows.selecting(rows: own))
        .minWithIndices(along: 1).values.values(as: Double.self)
      for (place, value) in zip(places, least) { values[place] = value }
    }
    self.values = values
    features = real.name
  }
}
