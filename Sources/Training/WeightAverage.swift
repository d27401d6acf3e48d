import Networks
import Torch

/// The averaged weights of a run: an exponential moving average of every step, or the plain mean of
/// snapshots of the last part of the run (stochastic weight averaging, Izmailov et al., UAI 2018).
struct WeightAverage {
  private enum Rule {
    case exponential
    /// After more than `start` steps, every so many, counted back from the last: it is one of them.
    case snapshots(after: Int, every: Int, total: Int)
  }

  private let rule: Rule
  private let parameters: [Parameter]
  /// `nil` before the first snapshot.
  private var average: ExponentialMovingAverage?

  /// The average that settings ask for, or `nil` when they ask for none.
  init?(of parameters: [Parameter], settings: TrainerSettings, stepsPerEpoch: Int, totalSteps: Int)
  {
    self.parameters = parameters
    if let start = settings.swaStart {
      rule = .snapshots(
        after: Int(start * Double(totalSteps)), every: settings.swaEvery ?? stepsPerEpoch,
        total: totalSteps)
    } else if let decay = settings.emaDecay {
      rule = .exponential
      average = ExponentialMovingAverage(of: parameters, decay: decay)
    } else if let images = settings.emaHalfLife {
      rule = .exponential
      average = ExponentialMovingAverage(
        of: parameters, halfLife: images, batchSize: settings.batchSize,
        rampUp: settings.emaRampUp ?? 0.05)
    } else {
      return nil
    }
  }

  /// Told after the weights have moved in a step, counted from 0.
  mutating func update(after step: Int) {
    guard case .snapshots(let start, let every, let total) = rule else {
      average?.update()
      return
    }
    let done = step + 1
    guard done > start, (total - done) % every == 0 else { return }
    if average == nil {
      // A decay of 1 never takes effect: the weight of a snapshot is one over their number.
      average = ExponentialMovingAverage(of: parameters, decay: 1)
    } else {
      average?.update()
    }
  }

  /// Runs `body` with the averages in place of the weights, once there are any.
  func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let average else { return try body() }
    return try average.withAverages(body)
  }

  var isEmpty: Bool { average == nil }

  var state: [String: Tensor] {
    get { average?.state ?? [:] }
    set {
      guard !newValue.isEmpty else { return }
      if average == nil { average = ExponentialMovingAverage(of: parameters, decay: 1) }
      average?.state = newValue
    }
  }
}
