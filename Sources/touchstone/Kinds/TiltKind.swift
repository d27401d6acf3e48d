import Audit
import Datasets
import Foundation
import LinearGeometry
import Reports
import Runs
import Torch

/// `recipe: tilt`: follows linear classifiers of pairs of classes along regularisation.
enum TiltKind: RunKind {
  typealias Settings = TiltRecipe

  static let name = "tilt"

  static func validate(_ settings: TiltRecipe) throws { try settings.validate() }

  static let help = [
    "data": "What is learned from.",
    "data.source": "A folder, an archive, or the name of a built-in set (touchstone data list).",
    "data.perClass": "How many training examples of each class are used; all by default.",
    "data.test": "How many test examples are used; all by default.",
    "pairs": "Pairs of class numbers such as '2,3'; all pairs by default.",
    "loss": "The loss: hinge, softplus (logistic regression) or squared.",
    "lambda": "The levels of regularisation, powers of ten; the article's 81 by default.",
    "lambda.from": "The exponent of the strongest.",
    "lambda.to": "The exponent of the weakest.",
    "lambda.perDecade": "Levels in a factor of ten.",
    "tolerance": "The duality gap of every level, as a share of the objective.",
    "seed": "The seed of the division of data that has no test part.",
  ]

  static let choices = ["loss": ["hinge", "softplus", "squared"]]

  /// One pair at a few levels stands for all.
  static func trial(_ settings: TiltRecipe) throws -> RunCost {
    let (training, test) = try parts(settings)
    let pairs = try settings.classPairs(of: training.classNames.count)
    let grid = try settings.grid()
    guard let pair = pairs.first else { return RunCost(seconds: 0, basis: "no pairs") }
    let levels = TiltReport.spread(grid.values, over: min(5, grid.values.count))
    let begin = ContinuousClock.now
    _ = try PairPath(
      pair, training: training, test: test, perClass: settings.data.perClass, loss: settings.loss,
      over: LambdaGrid(levels), tolerance: settings.tolerance)
    let seconds = (ContinuousClock.now - begin) / .seconds(1) / Double(levels.count)
    let count = grid.values.count * pairs.count
    return RunCost(
      seconds: seconds * Double(count),
      basis: "\(NumberText.duration(seconds)) a level, \(count) levels")
  }

  static func run(_ settings: TiltRecipe, in session: RunSession) throws -> RunResult? {
    let (training, test) = try parts(settings)
    let pairs = try settings.classPairs(of: training.classNames.count)
    let grid = try settings.grid()
    session.say(
      """
      \(pairs.count) pairs of \(training.name) at \(grid.values.count) levels of regularisation, \
      \(settings.loss.rawValue) loss
      """)
    let workers = min(pairs.count, ProcessInfo.processInfo.activeProcessorCount)
    let paths = try ClassPairs.paths(
      pairs, training: training, test: test, perClass: settings.data.perClass,
      loss: settings.loss, over: grid, tolerance: settings.tolerance,
      keepsProblems: pairs.count <= TiltReport.detailedPairs,
      context: Context(seed: settings.seed, workers: workers),
      isStopRequested: session.isStopRequested
    ) { session.update($0, of: pairs.count, "pairs") }
    let report = TiltReport(paths, test: test)
    let page = try report.page(
      title: "Tilting of \(training.name)",
      facts: [
        ("loss", settings.loss.rawValue),
        ("examples a class", settings.data.perClass.map { "first \($0)" } ?? "all"),
        ("levels", "\(grid.values.count)"), ("relative duality gap", "\(settings.tolerance)"),
      ])
    let files = [
      ReportFolder.File("tilt.csv", try report.csv().csv()),
      ReportFolder.File("report.html", page.html(plotlyPath: Folders.plotly)),
      ReportFolder.File("report.md", page.markdown()),
    ]
    try ReportFolder(session.folder.path).write(files)
    return RunResult(
      findings: try report.findings().map { RunFinding($0.finding, count: $0.count) },
      files: files.map(\.name))
  }

  /// Training and test examples; of data without parts one example in five is for testing.
  private static func parts(
    _ settings: TiltRecipe
  ) throws -> (training: Dataset, test: Dataset) {
    let source = try DatasetSource(settings.data.source)
    var (training, test) = try Self.parts(of: source, seed: settings.seed)
    guard training.outputs == .classes, training.vocabulary == nil else {
      throw LinearGeometryError.setting(
        name: "data.source", value: settings.data.source,
        allowed: "images or tables whose examples have one class each")
    }
    if let count = settings.data.test { test = try test.prefix(count) }
    return (training, test)
  }

  private static func parts(
    of source: DatasetSource, seed: UInt64
  ) throws -> (training: Dataset, test: Dataset) {
    guard source.parts == [.all] else {
      return (try source.load(.train), try source.load(.test))
    }
    let all = try source.load(.all)
    let split = try Split(
      stratifiedBy: all.labelValues,
      fractions: SplitFractions(train: 0.8, validation: 0, test: 0.2), seed: seed)
    return (try all.subset(.train, of: split), try all.subset(.test, of: split))
  }
}
