import Networks
import Torch

extension ModelDefence {
  /// A finished classifier with the defence: what is given away, or asked.
  ///
  /// - Parameter seed: what a network with a bottleneck draws from, where it draws.
  /// - Throws: ``InversionError`` for a strength out of range or not for so many classes, and for draws of a
  ///   classifier that was not trained here.
  public func wrapped(
    _ classifier: any Classifier, seed: UInt64 = 0
  ) throws(InversionError) -> any Classifier {
    try validate()
    switch kind {
    case .rounding:
      return try DefendedClassifier(
        classifier, defences: [ProbabilityRounding(decimals: Int(strength), slope: slope)])
    case .truncation:
      return try DefendedClassifier(
        classifier, defences: [TopTruncation(count: Int(strength), slope: slope)])
    case .informationBottleneck where draws > 0:
      guard let network = classifier as? FrozenNetwork else {
        throw .notDefined(
          measure: "draws of the classifier", reason: "it is a function, not a network")
      }
      return try SampledClassifier(network, draws: draws, seed: seed)
    case .none, .informationBottleneck, .bilateralDependency, .negativeLabelSmoothing, .transfer,
      .differentialPrivacy:
      return classifier
    }
  }
}
