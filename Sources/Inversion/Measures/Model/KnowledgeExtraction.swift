import Datasets
import Networks
import Statistics
import Torch
import Training

/// The knowledge extraction score: the accuracy on real data of a fresh network that has learned from
/// reconstructions alone (Struppek et al., "Be careful what you smooth for", ICLR 2024).
///
/// Reconstructions that only suit the target teach nothing. Compare with what random public images and
/// look-alikes teach, by the same training and seed.
public struct KnowledgeExtraction: Sendable, Equatable {
  /// The accuracy over people on their real images.
  public let accuracy: IdentityMean
  /// How many images it learned from.
  public let trainingCount: Int

  /// The score of images.
  ///
  /// - Parameters:
  ///   - made: what is learned from, by class.
  ///   - real: images of the same people that the target was not trained on, as a rule.
  ///   - classCount: the number of classes of the target.
  ///   - training: what learns, and how; the same for all rows of a table.
  ///   - seed: of that training and of the bootstrap.
  /// - Throws: ``InversionError`` when a class of the real images has nothing to learn from; what training
  ///   throws.
  public init(
    of made: ClassImages, on real: ClassImages, classCount: Int,
    training: NetworkTraining = .small, bootstrap: Bootstrap = Bootstrap(resamples: 2000),
    seed: UInt64 = 0
  ) throws {
    try self.init(
      of: made, on: real, classCount: classCount, bootstrap: bootstrap, seed: seed
    ) { data in
      var stream = RandomStream(seed: seed, purpose: "knowledge-extraction.training")
      return try training.trained(on: data, seed: stream.next())
    }
  }

  /// The score of images by any other learner.
  ///
  /// - Parameter learner: gets the images as a data set and gives what learned from them.
  /// - Throws: as the other initialiser.
  public init(
    of made: ClassImages, on real: ClassImages, classCount: Int, bootstrap: Bootstrap,
    seed: UInt64, learner: (Dataset) throws -> any Classifier
  ) throws {
    if let untaught = Set(real.classes).subtracting(made.classes).min() {
      throw InversionError.tooFew(
        "images to learn class \(untaught) from", count: 0, least: 1)
    }
    let data = try Dataset(
      name: "reconstructions", inputs: made.images.to(.float32).clamped(to: 0...1).contiguous(),
      labels: Tensor(made.classes), classNames: (0..<classCount).map { "class \($0)" },
      part: .train)
    let learned = try learner(data)
    accuracy = try ClassAccuracy(
      of: learned, on: real, named: "knowledge-extraction", bootstrap, seed: seed
    ).top
    trainingCount = made.count
  }
}
