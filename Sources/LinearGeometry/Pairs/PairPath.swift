import Datasets
import Torch

/// The path of one pair of classes, with its measures on the training examples and its test errors.
public struct PairPath: Sendable {
  /// A level of regularisation.
  public struct Level: Sendable {
    /// The minimiser.
    public let fit: LinearFit
    /// How it lies between the training examples.
    public let measures: TiltMeasures
    /// The errors on test examples, of class I and of class J.
    public let testErrors: (negative: Int, positive: Int)
    /// The share of test examples that are wrong; not a number without any.
    public let testError: Double
  }

  /// Which two classes: I, then J.
  public let classes: (Int, Int)
  /// What the classes are called.
  public let names: (negative: String, positive: String)
  /// The training examples, where they were asked for: of many pairs they are many times the data.
  public let problem: BinaryProblem?
  /// lambda*, where the classes are balanced.
  public let onset: Double?
  /// The loss.
  public let loss: LinearLoss
  /// The levels, strongest regularisation first.
  public let levels: [Level]

  /// The path of two classes.
  ///
  /// - Parameters:
  ///   - classes: numbers of two different classes of the data.
  ///   - training: at most `perClass` examples of each class are learned from, the first ones.
  ///   - test: what errors are counted on.
  ///   - keepsProblem: whether the examples stay with the path.
  ///   - chosen: positions in `training` that may be used; all when `nil`.
  /// - Throws: ``LinearGeometryError``, or `CancellationError` when asked to stop.
  public init(
    _ classes: (Int, Int), training: Dataset, test: Dataset?, perClass: Int? = nil,
    chosen: [Int]? = nil, loss: LinearLoss = .hinge, over grid: LambdaGrid,
    tolerance: Double = 1e-6, keepsProblem: Bool = true,
    isStopRequested: () -> Bool = { false }
  ) throws {
    let names = try [classes.0, classes.1].map { try Self.name(of: $0, in: training) }
    guard classes.0 != classes.1 else {
      throw LinearGeometryError.setting(
        name: "the pair", value: "\(classes.0),\(classes.1)", allowed: "two different classes")
    }
    let parts = try [classes.0, classes.1].map {
      try Self.examples(of: $0, in: training, atMost: perClass, chosen: chosen)
    }
    let problem = try BinaryProblem(
      negative: parts[0], positive: parts[1], names: (names[0], names[1]))
    let path = try RegularisationPath(
      of: problem, loss: loss, over: grid, tolerance: tolerance, isStopRequested: isStopRequested)
    let unseen = try test.map { test in
      try [classes.0, classes.1].map { try Self.examples(of: $0, in: test).to(.float64) }
    }
    self.classes = classes
    self.names = (names[0], names[1])
    self.problem = keepsProblem ? problem : nil
    self.loss = loss
    onset = HingeOnset.lambda(of: problem)
    levels = try attempt {
      path.fits.map { fit in
        let errors = unseen.map {
          fit.classifier.errors(negative: $0[0], positive: $0[1])
        }
        let total = unseen.map { Double($0[0].size(0) + $0[1].size(0)) } ?? .nan
        return Level(
          fit: fit, measures: TiltMeasures(fit.classifier, on: problem),
          testErrors: errors ?? (0, 0),
          testError: Double(errors.map { $0.negative + $0.positive } ?? 0) / total)
      }
    }
  }

  /// The level of least test error, and of those within one standard error of it the strongest
  /// regularisation; `nil` without test examples.
  public func suggestion(testCount: Int) -> (best: Level, suggested: Level)? {
    guard testCount > 0, let best = levels.min(by: { $0.testError < $1.testError }),
      best.testError.isFinite
    else { return nil }
    let rate = best.testError
    let deviation = (rate * (1 - rate) / Double(testCount)).squareRoot()
    let suggested = levels.first { $0.testError <= rate + deviation } ?? best
    return (best, suggested)
  }

  /// The inputs of one class as float32, bytes divided by 255.
  public static func examples(
    of label: Int, in data: Dataset, atMost limit: Int? = nil, chosen: [Int]? = nil
  ) throws -> Tensor {
    let labels = data.labelValues
    let rows = (chosen ?? Array(labels.indices)).filter { labels[$0] == label }
    guard !rows.isEmpty else {
      throw LinearGeometryError.emptyClass(try name(of: label, in: data))
    }
    return data.batch(Array(rows.prefix(limit ?? rows.count))).inputs
  }

  private static func name(of label: Int, in data: Dataset) throws -> String {
    guard data.classNames.indices.contains(label) else {
      throw LinearGeometryError.setting(
        name: "the class", value: "\(label)",
        allowed: "the number of one of its \(data.classNames.count) classes, from 0")
    }
    return data.classNames[label]
  }
}
