import Networks
import Torch

/// The distance of a prediction from that of a teacher, whose weights are the average of the
/// network's own over the steps (Tarvainen and Valpola, NeurIPS 2017).
///
/// The teacher runs with dropout masks and noise of its own and on batch statistics; only weights are
/// averaged, and no gradient flows into it. To judge by the teacher, set the run's `emaDecay` to the
/// same decay.
public final class MeanTeacher: RememberingTerm {
  private let distance: ConsistencyDistance
  private let noise: Double
  private let decay: Double
  private var average: ExponentialMovingAverage?
  private var saved: [String: Tensor] = [:]

  /// A term.
  ///
  /// - Parameters:
  ///   - noise: the standard deviation of normal noise on the inputs of both.
  ///   - decay: of the average, at least 0 and below 1; less at the start, so that it is the plain mean
  ///     of the first weights.
  public init(
    distance: ConsistencyDistance = .squaredError, noise: Double = 0, decay: Double = 0.999
  ) {
    self.distance = distance
    self.noise = noise
    self.decay = decay
  }

  /// It is.
  public var isMeanOverParts: Bool { true }
  /// A distance is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the distance is between.
  public var outputs: OutputKind? { distance.outputs }
  /// The distance for the other kind.
  public var alternative: String { distance.alternative }

  /// The mean over the examples.
  public func value(in step: StepContext) throws -> Tensor {
    let student = step.noisyLogits(step.view, noise: noise, purpose: "mean-teacher.student")
    let view = try step.changedView("mean-teacher.teacher")
    let target = teacher(of: step.model).withAverages {
      withoutGradients {
        distance.probabilities(
          of: step.noisyLogits(view, noise: noise, purpose: "mean-teacher.teacher"))
      }
    }
    return distance(from: target, to: student).mean()
  }

  private func teacher(of model: any Layer) -> ExponentialMovingAverage {
    if let average { return average }
    var new = ExponentialMovingAverage(of: model.parameters, decay: decay)
    if !saved.isEmpty { new.state = saved }
    average = new
    return new
  }

  /// Moves the teacher towards the network.
  public func didUpdate(after step: StepContext) {
    var teacher = teacher(of: step.model)
    teacher.update()
    average = teacher
  }

  /// The averaged weights.
  public var state: [String: Tensor] {
    get { average?.state ?? saved }
    set {
      saved = newValue
      average = nil
    }
  }
}

extension MeanTeacher: RegisteredTerm {
  static let name = "mean-teacher"
  static let options = ["distance", "noise", "decay"]

  convenience init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      distance: try options.choice("distance", default: .squaredError),
      noise: try options.notNegative("noise", default: 0),
      decay: try options.number(
        "decay", default: 0.999, in: 0...1.0.nextDown, "at least 0 and below 1"))
  }
}
