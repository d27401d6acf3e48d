import Networks
import Statistics
import Torch

/// How often a classifier takes images for those they are meant to show: its accuracy on them among its
/// first one and first five classes (acc@1, acc@5).
///
/// Rates are means over people, and intervals draw people. "Acc5" of GMI's code is another number: a hit in
/// any of five restarts.
public struct ClassAccuracy: Sendable, Equatable {
  /// The share of images whose class comes first.
  public let top: IdentityMean
  /// The share of images whose class is among the first five; `nil` with at most five classes, where all
  /// are.
  public let topFive: IdentityMean?
  /// Whether each image's class comes first.
  public let isRight: [Bool]

  /// The accuracy on images.
  ///
  /// A class with as large a logit as others counts as behind them, so that a model that says nothing is
  /// never right.
  ///
  /// - Throws: ``InversionError`` for classes that the classifier does not have; `StatisticsError`; what the
  ///   classifier throws.
  public init(
    of classifier: any Classifier, on images: ClassImages, named name: String,
    _ bootstrap: Bootstrap, seed: UInt64
  ) throws {
    try classifier.check(images.classes)
    let logits = try classifier.checkedLogits(of: images.images)
    let own = logits.gathering(Tensor(images.classes).unsqueezed(1), along: 1)
    let before = logits.greaterOrEqual(to: own).to(.int64).sum(along: 1).values(as: Int.self)
      .map { $0 - 1 }
    func rate(_ count: Int) throws -> IdentityMean {
      var stream = RandomStream(seed: seed, purpose: "interval.accuracy.\(name).\(count)")
      return try IdentityMean(
        zip(images.classes, before).map { (identity: $0, value: $1 < count ? 1 : 0) },
        within: 0...1, bootstrap, using: &stream)
    }
    top = try rate(1)
    topFive = classifier.classCount > 5 ? try rate(5) : nil
    isRight = before.map { $0 == 0 }
  }
}
