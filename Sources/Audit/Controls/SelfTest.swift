import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Torch

/// Audits models of which is known what must be said about them, and compares.
public struct SelfTest: Sendable {
  /// The examples that are attacked: with fewer one example alone would be more than the half percent that
  /// C7 and C8 allow.
  public static let count = 200

  private let networks: ControlNetworks
  private let context: Context

  /// A self-test with its networks in a folder.
  public init(cache: URL, context: Context) {
    networks = ControlNetworks(cache: cache)
    self.context = context
  }

  /// Trains the networks that have not been trained before.
  ///
  /// - Parameter progress: called with what is trained.
  /// - Throws: why they could not be trained, read or written.
  public func train(progress: (String) -> Void = { _ in }) throws {
    for training in ControlNetworks.all { try networks.train(training, progress: progress) }
  }

  /// What every control is audited with.
  public static var settings: AuditSettings {
    var settings = AuditSettings(.quick)
    settings.attackedCount = count
    (settings.steps, settings.relativeStepSize) = (100, 2.5 / 100)
    (settings.adaptiveSteps, settings.restarts) = (100, 2)
    settings.queries = 300
    settings.probedCount = count
    settings.resamples = 200
    settings.radii = [.init(norm: "linf", radii: [ControlNetworks.radius])]
    return settings
  }

  /// Audits the controls.
  ///
  /// - Parameter progress: called with the name of each control before it is audited.
  /// - Throws: why networks could not be trained or run.
  public func run(
    _ controls: [any Control] = Controls.all, progress: (String) -> Void = { _ in }
  ) throws -> [SelfTestRow] {
    let data = try networks.testData(count: 1000)
    let surrogate = try networks.network(.clean)
    return try controls.map { control in
      progress(control.name)
      let subject = try Subject(
        name: control.name, classifier: try control.classifier(from: networks), data: data,
        settings: Self.settings, context: context, surrogate: surrogate)
      return try row(control, subject, surrogate)
    }
  }

  private func row(
    _ control: any Control, _ subject: Subject, _ surrogate: any Classifier
  ) throws -> SelfTestRow {
    let probes: [any Probe] = [
      AccuracyProbe(), ModelBehaviourProbe(), GradientHealthProbe(), RobustnessProbe(),
    ]
    let report = try Audit(probes: probes).run(on: subject).report
    let measured = try SelfTestMeasurement(subject, surrogate: surrogate)
    return SelfTestRow(
      name: control.name, summary: control.summary, mustRaise: control.mustRaise.sorted(),
      isSound: control.isSound, flags: report.flags, accuracies: measured.accuracies,
      agreement: report.finding("gradients.finite_difference")?.value)
  }
}
