import Datasets
import Foundation
import LinearGeometry
import Reports
import Statistics
import Torch

/// What regularisation paths between pairs of classes came to: findings, a table, a page.
public struct TiltReport {
  let paths: [PairPath]
  private let test: Dataset
  let imageShape: [Int]?
  /// Up to how many pairs are shown each for itself, for which paths have to keep their examples.
  public static let detailedPairs = 3

  /// A report on some paths; pictures are shown where inputs are images in 0...1.
  public init(_ paths: [PairPath], test: Dataset) {
    self.paths = paths
    self.test = test
    let shape = test.inputShape
    let isPicture = shape.count == 3 && [1, 3].contains(shape[0]) && test.range == 0...1
    imageShape = isPicture ? shape : nil
  }

  private func testCount(_ path: PairPath) -> Int {
    test.classCounts[path.classes.0] + test.classCounts[path.classes.1]
  }

  private func suggestion(
    _ path: PairPath
  ) -> (best: PairPath.Level, suggested: PairPath.Level)? {
    path.suggestion(testCount: testCount(path))
  }

  /// Some of many, evenly spaced, the first and the last among them.
  public static func spread<Element>(_ levels: [Element], over count: Int) -> [Element] {
    TiltFigures.spread(levels, over: count)
  }

  // MARK: Findings

  /// For every pair the least test error, at which lambda, and how the boundary lies there.
  ///
  /// - Throws: `FindingIDError`, which it does not for class numbers.
  public func findings() throws -> [(finding: Finding, count: Int)] {
    var result: [(finding: Finding, count: Int)] = []
    for path in paths {
      guard let (best, suggested) = suggestion(path) else { continue }
      let total = testCount(path)
      result.append((try errorFinding(path, best), total))
      let names = Self.names(of: path)
      for (name, title, value, unit, better) in Self.numbers(path, best, suggested)
      where value.isFinite {
        result.append(
          (
            try Finding(
              id: "tilt.\(Self.id(of: path)).\(name)", title: "\(title), \(names)", value: value,
              unit: unit, better: better), total
          ))
      }
    }
    return result
  }

  private static func id(of path: PairPath) -> String { "\(path.classes.0).\(path.classes.1)" }

  private static func names(of path: PairPath) -> String {
    "\(path.names.negative) against \(path.names.positive)"
  }

  private func errorFinding(_ path: PairPath, _ best: PairPath.Level) throws -> Finding {
    let wrong = best.testErrors.negative + best.testErrors.positive
    let rate = try Proportion(successes: wrong, trials: testCount(path))
    return try Finding(
      id: "tilt.\(Self.id(of: path)).test_error",
      title: "Least test error, \(Self.names(of: path))", value: rate.rate,
      interval: try rate.wilson(), better: .lower,
      detail:
        "At lambda \(NumberText.short(best.fit.lambda, digits: 3)), chosen on these examples.")
  }

  private static func numbers(
    _ path: PairPath, _ best: PairPath.Level, _ suggested: PairPath.Level
  ) -> [(name: String, title: String, value: Double, unit: String, better: Finding.Direction)] {
    [
      ("lambda", "Lambda of the least test error", best.fit.lambda, "", .higher),
      ("angle", "Tilting angle there", best.measures.angle ?? .nan, "radians", .lower),
      (
        "adversarial_distance", "Adversarial distance there",
        best.measures.adversarialDistance, "units of the data", .higher
      ),
      (
        "suggested_weight_decay", "Weight decay that is as good and tilts least",
        2 * suggested.fit.lambda, "", .higher
      ),
      ("onset", "Lambda above which the hinge loss is not tilted", path.onset ?? .nan, "", .lower),
    ]
  }

  // MARK: Tables

  /// One row a pair and level.
  ///
  /// - Throws: what `SampleTable` throws, which it does not for columns of equal length.
  public func csv() throws -> SampleTable {
    let rows = paths.flatMap { path in path.levels.map { (path, $0) } }
    func numbers(_ name: String, _ value: (PairPath.Level) -> Double?) -> SampleTable.Column {
      .init(name, .numbers(rows.map { value($0.1).flatMap { $0.isFinite ? $0 : nil } }))
    }
    return try SampleTable([
      .init("class_i", .integers(rows.map { $0.0.classes.0 })),
      .init("class_j", .integers(rows.map { $0.0.classes.1 })),
      numbers("lambda", \.fit.lambda), numbers("theta_rad", \.measures.angle),
      numbers("bias_over_norm", \.measures.offset),
      numbers("inverse_norm", \.measures.inverseNorm),
      numbers("adversarial_distance", \.measures.adversarialDistance),
      numbers("plain_adversarial_distance", \.measures.plainAdversarialDistance),
      numbers("error_distance", \.measures.errorDistance), numbers("margin", \.measures.margin),
      numbers("train_error", \.measures.error), numbers("test_error", \.testError),
      numbers("objective", \.fit.objective), numbers("risk", \.fit.risk),
      numbers("relative_gap", \.fit.relativeGap),
      .init("iterations", .integers(rows.map { $0.1.fit.iterations })),
    ])
  }

  var summary: TextTable {
    func number(_ value: Double?) -> String {
      value.map { NumberText.short($0, digits: 3) } ?? ""
    }
    return TextTable(
      [
        TextTable.Column("pair"), .init("½ |j - i|", .trailing), .init("lambda*", .trailing),
        .init("least test error", .trailing), .init("at lambda", .trailing),
        .init("angle (rad)", .trailing), .init("d_adv", .trailing),
        .init("of the largest", .trailing), .init("suggested decay", .trailing),
      ],
      rows: paths.compactMap { path in
        guard let (best, suggested) = suggestion(path) else { return nil }
        let measures = best.measures
        return [
          "\(path.names.negative) / \(path.names.positive)",
          number(measures.largestAdversarialDistance), number(path.onset),
          NumberText.percent(best.testError, decimals: 2), number(best.fit.lambda),
          number(measures.angle), number(measures.adversarialDistance),
          NumberText.percent(
            measures.adversarialDistance / measures.largestAdversarialDistance, decimals: 0),
          number(2 * suggested.fit.lambda),
        ]
      })
  }
}
