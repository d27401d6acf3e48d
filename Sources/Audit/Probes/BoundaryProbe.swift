import Datasets
import Reports
import Statistics
import Torch

/// Where the prediction changes, for examples that lie in a plane: a picture, and how far from there
/// the examples are.
public struct BoundaryProbe: Probe {
  /// The probe.
  public init() {}

  /// `boundary`.
  public var name: String { "boundary" }

  /// Subjects whose examples lie in a plane.
  public func suits(_ subject: Subject) -> Bool {
    (try? BoundaryPicture.suits(subject.data)) ?? false
  }

  /// Draws the boundary.
  public func run(on subject: Subject) throws -> Evidence {
    guard
      let picture = try BoundaryPicture(
        of: subject.classifier, on: subject.data, context: subject.context)
    else { return Evidence() }
    let known = zip(picture.distances ?? [], subject.clean.correct).filter { $1 }.map { $0.0 }
    var stream = RandomStream(seed: subject.context.seed, purpose: "boundary.bootstrap")
    let interval =
      known.count > 1
      ? try Bootstrap(.percentile, resamples: subject.settings.resamples).mean(
        of: known, using: &stream) : nil
    let grid = "\(BoundaryPicture.size) x \(BoundaryPicture.size)"
    let detail =
      picture.distances == nil
      ? "The most likely class is the same everywhere in the picture (a grid of \(grid))."
      : """
      Mean Euclidean distance over \(known.count) correctly classified of \(subject.data.count) \
      examples to the nearest place in the picture where the most likely class changes, on a grid of \
      \(grid); percentile bootstrap.
      """
    let finding = try Finding(
      id: "boundary.distance", title: "Distance to the decision boundary",
      value: known.isEmpty ? nil : mean(of: known), interval: interval,
      unit: "units of the data", detail: detail, plots: [picture.plot])
    let column = picture.distances.map { distances in
      SampleTable.Column("boundary_distance", .numbers(distances.map { $0 }))
    }
    return Evidence(findings: [finding], columns: column.map { [$0] } ?? [])
  }
}
