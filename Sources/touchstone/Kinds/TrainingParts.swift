import Datasets
import Torch
import Training

/// The examples of a source that are for training and for testing.
struct TrainingParts {
  let training: Dataset
  let test: Dataset
  /// Both together, where the source is not divided into parts.
  var undivided: Dataset?

  /// Both parts.
  var both: (training: Dataset, test: Dataset) { (training, test) }

  /// Both parts without the examples of the last classes.
  ///
  /// - Throws: `TrainingError` when fewer than two classes are left.
  func known(without count: Int) throws -> (training: Dataset, test: Dataset) {
    let names = Array(training.classNames.dropLast(count))
    guard training.outputs == .classes, names.count >= 2, count >= 2 else {
      throw TrainingError.setting(
        name: "data.strangers", value: "\(count)",
        allowed: """
          from 2 to two less than the \(training.classNames.count) classes, for examples that have one \
          class each
          """)
    }
    return (
      try training.restricted(toClasses: names), try test.restricted(toClasses: names)
    )
  }

  /// The test examples of the last classes; all of theirs where the source is not divided into parts.
  ///
  /// - Throws: as ``known(without:)``.
  func strangers(_ count: Int) throws -> Dataset {
    _ = try known(without: count)
    return try (undivided ?? test).restricted(toClasses: Array(test.classNames.suffix(count)))
  }
}
