import Datasets
import Reports
import Statistics
import Torch

/// Whether the model's confidence agrees with how often it is right.
public struct CalibrationProbe: Probe {
  private let bins = 15

  /// The probe.
  public init() {}

  /// `calibration`.
  public var name: String { "calibration" }

  /// Examples with one class each.
  public func suits(_ subject: Subject) -> Bool { subject.data.outputs == .classes }

  /// Computes the expected calibration error with a bootstrap interval over examples.
  public func run(on subject: Subject) throws -> Evidence {
    let pairs = Array(zip(subject.clean.confidences, subject.clean.correct))
    func error(_ pairs: [(Double, Bool)]) -> Double {
      (try? Reliability(confidences: pairs.map(\.0), correct: pairs.map(\.1), bins: bins))?
        .expectedCalibrationError ?? .nan
    }
    let reliability = try Reliability(
      confidences: pairs.map(\.0), correct: pairs.map(\.1), bins: bins)
    var stream = RandomStream(seed: subject.context.seed, purpose: "calibration.bootstrap")
    let resamples = min(subject.settings.resamples, 1000)
    let interval = try Bootstrap(.percentile, resamples: resamples)
      .interval(of: "calibration error", over: pairs, using: &stream, statistic: error)
    let finding = try Finding(
      id: "calibration.ece", title: "Expected calibration error",
      value: reliability.expectedCalibrationError, interval: interval, better: .lower,
      detail: """
        \(bins) bins of equal width over \(pairs.count) clean examples; percentile bootstrap over \
        examples, \(resamples) resamples. The estimate is biased upwards for few examples.
        """,
      plots: [.reliability(reliability)])
    return Evidence(findings: [finding])
  }
}
