import Datasets
import Foundation
import LinearGeometry
import Testing
import Torch

/// The table behind Tanay and Griffin's figures: 8 pairs of digits at 81 levels of regularisation.
///
/// The article's 3000 training images a class are not known. Three random subsets say how much a value
/// depends on them; where that is little, the values of the first 3000 must be the article's.
@Suite("The article's table")
struct GoldenTableTests {
  /// `TOUCHSTONE_SHARED`, or the folder `shared` beside the package.
  private static var shared: String {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return ProcessInfo.processInfo.environment["TOUCHSTONE_SHARED"]
      ?? package.deletingLastPathComponent().appending(path: "shared").path
  }
  private static var isSlow: Bool {
    ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil
  }

  struct Row {
    var angle: Double
    var inverseNorm: Double
    var adversarialDistance: Double
    var testError: Double
  }

  @Test("first images of every class, at levels where the choice of images does not matter")
  func table() throws {
    let folder = URL(filePath: Self.shared)
    let path = folder.appending(path: "golden/l2_tilting_mnist.csv").path
    let mnist = folder.appending(path: "data/mnist").path
    guard FileManager.default.fileExists(atPath: path),
      FileManager.default.fileExists(atPath: mnist)
    else {
      print("skipped: \(path) or \(mnist) is not there")
      return
    }
    let golden = try Self.golden(path)
    let training = try Dataset.load(from: mnist, split: .train)
    let test = try Dataset.load(from: mnist, split: .test)
    // All of them take minutes; one pair at some levels always runs.
    let pairs = Self.isSlow ? golden.keys.sorted() : ["2,3"]
    let grid =
      Self.isSlow ? LambdaGrid.article : try LambdaGrid(from: 2, to: -6, perDecade: 1)
    for pair in pairs {
      let classes = pair.split(separator: ",").compactMap { Int($0) }
      let rows = try #require(golden[pair])
      let subsets = try Self.isSlow ? Self.subsets(classes, of: training) : [nil]
      let runs = try Context(workers: 2).pool.map(subsets.count) { index in
        try PairPath(
          (classes[0], classes[1]), training: training, test: test, perClass: 3000,
          chosen: subsets[index], over: grid)
      }
      for (level, value) in grid.values.enumerated() {
        let row = try #require(rows.min { abs($0.0 - value) < abs($1.0 - value) }).1
        let measured = runs.map { $0.levels[level] }
        check(pair, value, row, measured)
      }
      guard runs.count > 1 else { continue }
      let (angles, errors) = (
        Self.largestSpread(runs) { $0.measures.angle ?? .nan },
        Self.largestSpread(runs) { $0.testError * 100 }
      )
      let distances = Self.largestSpread(runs) {
        $0.measures.adversarialDistance / $0.measures.largestAdversarialDistance
      }
      print(
        """
        \(pair): largest spread over the first images and three random subsets: angle \(angles), \
        adversarial distance \(distances) of the largest, test error \(errors) points
        """)
    }
  }

  /// Every value that random subsets agree on within half of its tolerance is that of the table.
  private func check(_ pair: String, _ lambda: Double, _ row: Row, _ runs: [PairPath.Level]) {
    func expect(
      _ name: String, _ expected: Double, within tolerance: Double,
      _ value: (PairPath.Level) -> Double
    ) {
      let values = runs.map(value)
      let spread = (values.max() ?? 0) - (values.min() ?? 0)
      guard spread <= tolerance / 2 else { return }
      #expect(
        abs(values[0] - expected) <= tolerance,
        "\(name) of \(pair) at \(lambda): \(values[0]), the table has \(expected)")
    }
    expect("angle", row.angle, within: 0.03) { $0.measures.angle ?? .nan }
    expect(
      "adversarial distance", row.adversarialDistance, within: 0.03 * row.adversarialDistance
    ) { $0.measures.adversarialDistance }
    expect("inverse norm", row.inverseNorm, within: 0.03 * row.inverseNorm) {
      $0.measures.inverseNorm
    }
    expect("test error", row.testError, within: 0.5) { $0.testError * 100 }
  }

  /// The widest range of a value over some paths, of all levels.
  private static func largestSpread(
    _ paths: [PairPath], _ value: (PairPath.Level) -> Double
  ) -> Double {
    (0..<(paths.first?.levels.count ?? 0)).map { level in
      let values = paths.map { value($0.levels[level]) }
      return (values.max() ?? 0) - (values.min() ?? 0)
    }.max() ?? 0
  }

  /// No choice, which takes the first images, and three random ones.
  private static func subsets(_ classes: [Int], of data: Dataset) throws -> [[Int]?] {
    let labels = data.labelValues
    return [nil]
      + (0..<3).map { draw in
        classes.flatMap { label -> [Int] in
          let rows = labels.indices.filter { labels[$0] == label }
          var stream = RandomStream(
            seed: UInt64(draw), purpose: "subset", index: UInt64(label))
          return stream.permutation(of: rows.count).prefix(3000).map { rows[$0] }
        }
      }
  }

  private static func golden(_ path: String) throws -> [String: [(Double, Row)]] {
    var table: [String: [(Double, Row)]] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
    {
      let cells = line.split(separator: ",").compactMap { Double($0) }
      guard cells.count == 9 else { continue }
      table["\(Int(cells[0])),\(Int(cells[1]))", default: []].append(
        (
          cells[2],
          Row(
            angle: cells[3], inverseNorm: cells[5], adversarialDistance: cells[6],
            testError: cells[8])
        ))
    }
    return table
  }
}
