import Datasets
import Networks
import Torch

/// The share of examples that are classified rightly, under the part's own name (`test_accuracy`): what
/// `test_error` lacks to 1, for recipes whose claim is about it.
public struct Accuracy: Measure {
  private let batchSize: Int

  /// A measure.
  public init(batchSize: Int = 500) { self.batchSize = max(1, batchSize) }

  /// `accuracy`.
  public var name: String { "accuracy" }
  /// None.
  public var radii: [Double] { [] }
  /// What it is.
  public var title: String { "Accuracy" }
  /// A bare number.
  public var unit: String { "" }
  /// Much is good.
  public var isLowerBetter: Bool { false }
  /// The part's name goes first.
  public var isNamedAfterPart: Bool { true }
  /// How it is measured.
  public var method: String { "The share of examples whose class has the largest logit." }

  /// 1 for examples that are right and 0 for the others; where examples can have several labels, the
  /// share of labels that are right.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    try data.mapBatches(of: batchSize) { $0.correctness(of: model($0.inputs)) }
  }
}

extension Dataset {
  /// One number an example, from one tensor a batch, without recording gradients.
  ///
  /// - Throws: what libtorch reports.
  func mapBatches(of size: Int, _ body: (Batch) -> Tensor) throws -> [Double] {
    try stride(from: 0, to: count, by: size).flatMap { start in
      let batch = batch(Array(start..<min(start + size, count)))
      return try attempt { withoutGradients { body(batch) }.values(as: Double.self) }
    }
  }
}
