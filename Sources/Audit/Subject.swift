import Datasets
import Networks
import Perturbations
import Torch

/// What is audited: a classifier, the data it is for, and how hard to look.
public struct Subject: Sendable {
  /// What the model is called.
  public let name: String
  /// The model.
  public let classifier: any Classifier
  /// The examples it is judged on.
  public let data: Dataset
  /// How hard to look.
  public let settings: AuditSettings
  /// Seed, device and workers.
  public let context: Context
  /// What the model says about the clean examples, computed once.
  public let clean: Predictions
  /// A model for the same data whose adversarial examples are tried as well.
  public let surrogate: (any Classifier)?
  /// The names of the attacks that the model was trained against, such as `pgd`, where they are known.
  public let trainedAgainst: Set<String>
  /// What the model learned from, where that is known.
  public let learned: LearnedExamples?
  /// The parallel attack engine.
  public let engine: AttackEngine
  /// How the people of the model are reconstructed; not at all when `nil`.
  public var inversion: ModelInversionProbe.Request?

  /// A subject; runs the model once over all examples.
  ///
  /// - Throws: `PerturbationError.inputsDoNotMove` for data whose inputs cannot be moved, and what the model
  ///   throws.
  public init(
    name: String, classifier: any Classifier, data: Dataset, settings: AuditSettings,
    context: Context, surrogate: (any Classifier)? = nil, trainedAgainst: Set<String> = [],
    learned: LearnedExamples? = nil, engine: AttackEngine = AttackEngine()
  ) throws {
    self.name = name
    self.classifier = classifier
    self.data = data
    self.settings = settings
    self.context = context
    self.surrogate = surrogate
    self.trainedAgainst = trainedAgainst
    self.learned = learned
    self.engine = engine
    // Words can be exchanged, and their vectors moved; the nodes of a graph are not audited yet.
    guard data.inputs.dtype != .int64 || data.vocabulary != nil else {
      throw PerturbationError.inputsDoNotMove
    }
    let asked: any Classifier =
      settings.samples > 1
      ? AveragedClassifier(base: classifier, samples: settings.samples) : classifier
    clean = try Predictions(of: asked, on: data, engine: engine, context: context)
  }

  /// The same subject, looked at in another way.
  func with(_ settings: AuditSettings) throws -> Subject {
    var other = try Subject(
      name: name, classifier: classifier, data: data, settings: settings, context: context,
      surrogate: surrogate, trainedAgainst: trainedAgainst, learned: learned,
      engine: engine)
    other.inversion = inversion
    return other
  }

  /// The model as attacks see it.
  public var target: Target {
    let target = Target(classifier)
    // Settings are checked before anything runs, so the number of passes is positive.
    return (try? target.averaged(over: settings.samples)) ?? target
  }

  /// The first examples, those that are attacked.
  public var attackedBatch: Batch { data.batch(Array(0..<attackedCount)) }

  /// How many examples are attacked.
  public var attackedCount: Int { min(settings.attackedCount, data.count) }

  /// What one is in the data: the width of its range, or without one the features' mean spread.
  var unit: Double {
    if let box { return box.upperBound - box.lowerBound }
    let inputs = attackedBatch.inputs
    guard inputs.size(0) > 1 else { return 1 }
    let spread = inputs.standardDeviation(along: [0]).mean().item
    return spread > 0 && spread.isFinite ? spread : 1
  }

  /// The values an input can take, where there are limits.
  public var box: ClosedRange<Double>? {
    data.range == Dataset.unbounded
      ? nil : Double(data.range.lowerBound)...Double(data.range.upperBound)
  }
}
