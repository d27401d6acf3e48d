import Datasets
import Foundation
import Perturbations
import Reports
import Statistics
import Torch

/// How far the boundary is from the data, and why: because it is tilted, or because the classes are close.
///
/// In the inputs the distance of the nearest boundary, found by a minimum-norm attack, stands against that
/// of the nearest-centroid classifier, which no linear boundary exceeds between two classes. In the
/// features before the last layer every pair of classes has a linear boundary, with its tilting angle
/// (Tanay and Griffin, 2018).
public struct GeometryProbe: Probe {
  /// Below which share of the nearest-centroid distance tilt is what keeps the boundary close.
  static let tiltedShare = 0.5

  /// The probe.
  public init() {}

  /// `geometry`.
  public var name: String { "geometry" }

  /// Measures distances in the inputs, and angles between the features' classes.
  public func run(on subject: Subject) throws -> Evidence {
    let distances = try InputDistances(of: subject)
    var evidence = Evidence(
      findings: try [distanceFinding(distances, subject), shareFinding(distances, subject)],
      columns: [
        .init(
          "boundary_norm",
          .numbers(
            (0..<subject.data.count).map {
              $0 < distances.found.count ? distances.found[$0] : nil
            }))
      ])
    evidence.findings.append(
      try mean(
        of: distances.slopes, id: "geometry.score_slope",
        title: "Length of the margin's input gradient", unit: "logits per unit", better: .lower,
        """
        Mean over \(distances.slopes.count) examples of the gradient of the largest logit less the \
        next. It is the scale of the scores, which turns a short distance into a sure answer; weight \
        decay lowers it like a temperature of the softmax.
        """, subject))
    if let features = try FeatureGeometry(of: subject) {
      evidence.findings += try features.findings(resamples: subject.settings.resamples)
    }
    return evidence
  }

  private func distanceFinding(
    _ distances: InputDistances, _ subject: Subject
  ) throws -> Finding {
    let known = distances.found.compactMap(\.self)
    let missing = distances.found.count - known.count
    var finding = try mean(
      of: known, id: "geometry.adversarial_distance", title: "Adversarial distance",
      unit: "units of the data", better: .higher,
      """
      Mean Euclidean distance of the nearest boundary over \(known.count) examples, by ddn with \
      \(distances.steps) steps; misclassified examples count 0. An upper bound, since an attack may \
      miss the nearest boundary.\(missing == 0 ? "" : " For \(missing) examples none was found.")
      """, subject)
    finding.plots = [
      Plot(
        title: "Distances to the nearest boundary",
        caption: "Of the model, and of the classifier that takes the nearest centroid.",
        content: .histogram(
          Plot.Histogram(
            x: Plot.Axis("Euclidean distance (units of the data)"), counted: "examples", bins: 30,
            values: [("model", known), ("nearest centroid", distances.bounds)])))
    ]
    return finding
  }

  /// The ratio of both means, with what it says about the cause.
  private func shareFinding(_ distances: InputDistances, _ subject: Subject) throws -> Finding {
    let pairs = zip(distances.found, distances.bounds).compactMap { found, bound in
      found.map { ($0, bound) }
    }
    let bound = pairs.isEmpty ? 0 : Statistics.mean(of: pairs.map { $0.1 })
    let found = pairs.isEmpty ? 0 : Statistics.mean(of: pairs.map { $0.0 })
    let share = bound > 0 ? found / bound : nil
    var interval: Interval?
    if let share, pairs.count > 1 {
      // Linearised ratio of means: residuals share their mean zero.
      var stream = RandomStream(seed: subject.context.seed, purpose: "geometry.share.bootstrap")
      interval = try Bootstrap(.percentile, resamples: subject.settings.resamples).mean(
        of: pairs.map { share + ($0.0 - share * $0.1) / bound }, using: &stream)
    }
    func text(_ value: Double) -> String { FindingID.part(for: (value * 1e3).rounded() / 1e3) }
    let cause: String
    switch share {
    case nil:
      cause = "The classes' centroids say nothing about them here, so tilt cannot be judged."
    case let share? where share < Self.tiltedShare:
      cause = """
        The boundary lies close to the data because of tilt: with the boundary across the lines between \
        the centroids the same examples would be \(text(bound)) away. Stronger weight decay or \
        adversarial training can move it.
        """
    case let share?:
      cause = """
        The boundary is as far as \(NumberText.percent(share, decimals: 0)) of that between the centroids: it lies close, \
        if at all, because of the scale of the data, whose classes are \(text(bound)) from the boundary \
        between their centroids, and not because of tilt.
        """
    }
    return try Finding(
      id: "geometry.centroid_share", title: "Adversarial distance against nearest centroids",
      value: share, interval: interval, unit: Finding.rate, better: .higher,
      detail: "\(cause) Mean \(text(found)) against \(text(bound)), over \(pairs.count) examples.")
  }

  private func mean(
    of values: [Double], id: String, title: String, unit: String, better: Finding.Direction,
    _ detail: String, _ subject: Subject
  ) throws -> Finding {
    var stream = RandomStream(seed: subject.context.seed, purpose: "\(id).bootstrap")
    let finite = values.filter(\.isFinite)
    let interval =
      finite.count > 1
      ? try Bootstrap(.percentile, resamples: subject.settings.resamples).mean(
        of: finite, using: &stream) : nil
    return try Finding(
      id: id, title: title, value: finite.isEmpty ? nil : Statistics.mean(of: finite),
      interval: interval, unit: unit, better: better, detail: detail)
  }
}
