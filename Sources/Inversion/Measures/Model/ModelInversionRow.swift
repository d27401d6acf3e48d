import Statistics

/// What images say about the people of a classifier: one row of a table of model inversion.
///
/// Every mean is over people with an interval by drawing people. One trained target says nothing of others:
/// intervals over targets need several, of which each has its own rows.
public struct ModelInversionRow: Sendable, Equatable {
  /// What is a mean over people, so that two rows can be compared person by person.
  public enum Measure: String, Sendable, CaseIterable {
    /// ``ModelInversionRow/targetAccuracy``.
    case targetAccuracy
    /// ``ModelInversionRow/accuracy``.
    case accuracy
    /// ``ModelInversionRow/accuracyAmongFive``.
    case accuracyAmongFive
    /// ``ModelInversionRow/neighbourDistance``, where a negative lift is better for the attacker.
    case neighbourDistance
    /// ``ModelInversionRow/faceDistance``, of which the same holds.
    case faceDistance
    /// ``ModelInversionRow/perceptualDistance``, of which the same holds.
    case perceptualDistance
    /// ``ModelInversionRow/diversity``.
    case diversity
    /// ``ModelInversionRow/openSetAcceptance``.
    case openSetAcceptance
  }

  /// What the images are, such as `attack` or `look-alikes`.
  public let name: String
  /// How many images there are.
  public let count: Int
  /// The target's own accuracy on them. High beside a low ``accuracy`` it says that the images suit the target
  /// and show nobody.
  public let targetAccuracy: IdentityMean
  /// The evaluator's accuracy (acc@1).
  public let accuracy: IdentityMean
  /// The evaluator's accuracy among its first five classes (acc@5); `nil` with at most five.
  public let accuracyAmongFive: IdentityMean?
  /// The squared distance to the nearest private training image of the person, over all images.
  public let neighbourDistance: IdentityMean
  /// The same over images that the target takes for the person, as in Diff-MI's code; people without such an
  /// image are left out. `nil` without any. It leaves out failures and so flatters attacks that often fail.
  public let neighbourDistanceOfSuccesses: IdentityMean?
  /// The same over all images in templates of an encoder that has never seen the people; `nil` without one.
  public let faceDistance: IdentityMean?
  /// The kernel distance from private training images, as published: for images drawn by themselves.
  public let kernelDistance: KernelDistance
  /// The same for several images of each person, as here; `nil` where a person has one image alone.
  public let kernelDistanceByIdentity: KernelDistance?
  /// The Fréchet distance from them; `nil` where it is not defined.
  public let frechetDistance: FrechetDistance?
  /// The interval of the Fréchet distance, by drawing people; `nil` where it was not asked for.
  public let frechetInterval: Interval?
  /// Precision, recall, density and coverage by the reference formula; `nil` with too few images.
  public let prdc: PRDC?
  /// The same by the formula of PPA's code.
  public let prdcNearestBall: PRDC?
  /// The perceptual distance to the nearest private training image of the person, over all images; `nil` without
  /// a perceptual distance.
  public let perceptualDistance: IdentityMean?
  /// The mean perceptual distance between images of one person; `nil` where someone has only one, or without
  /// a perceptual distance.
  public let diversity: IdentityMean?
  /// How often a verification system accepts the images; `nil` without one.
  public let openSetAcceptance: IdentityMean?
  /// What can be read off them; `nil` where the truth is not known.
  public let attributes: AttributeLeakage?
  /// What making them cost; `nil` where it was not counted.
  public let budget: InversionBudget?
  /// What is to be said beside the numbers, such as why one is missing.
  public let warnings: [String]

  /// A mean over people; `nil` where it was not measured.
  public subscript(measure: Measure) -> IdentityMean? {
    switch measure {
    case .targetAccuracy: targetAccuracy
    case .accuracy: accuracy
    case .accuracyAmongFive: accuracyAmongFive
    case .neighbourDistance: neighbourDistance
    case .faceDistance: faceDistance
    case .perceptualDistance: perceptualDistance
    case .diversity: diversity
    case .openSetAcceptance: openSetAcceptance
    }
  }
}
