import Datasets
import Reports
import Statistics
import Torch

/// What a model says about examples that can have several labels each: a label is predicted where its
/// logit is positive, which is where its probability is above one half.
public struct LabelPredictions: Sendable {
  /// The names of the labels.
  public let names: [String]
  /// The numbers of the predicted labels of each example, ascending.
  public let predicted: [[Int]]
  /// The share of each example's labels that are wrong; one with a logit that is not finite always is.
  public let wrongShares: [Double]
  /// The mean area under the receiver operating characteristic, where there is one.
  public let rocArea: MeanROCArea?
  /// Why there is none, where there is none.
  public let reasonWithoutArea: String?

  /// Compares predictions with what is true.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - data: the N examples with their K labels; data with classes count as one label a class.
  public init(_ logits: Tensor, on data: Dataset) {
    let width = data.classNames.count
    let targets = data.targets ?? data.labels.oneHot(classCount: width)
    let isThere = targets.greater(than: 0)
    let isPredicted = logits.greater(than: 0)
    let isWrong = isPredicted.equal(to: isThere).and(logits.isFinite).not()
    names = data.classNames
    wrongShares = isWrong.to(.float64).mean(along: 1).values(as: Double.self)
    let found = isPredicted.values(as: Bool.self)
    predicted = (0..<data.count).map { row in (0..<width).filter { found[row * width + $0] } }
    let columns = (0..<width).map { label in
      (
        scores: logits.select(label, along: 1).values(as: Double.self),
        isPositive: isThere.select(label, along: 1).values(as: Bool.self)
      )
    }
    do {
      rocArea = try MeanROCArea(
        scores: columns.map(\.scores), isPositive: columns.map(\.isPositive))
      reasonWithoutArea = nil
    } catch {
      rocArea = nil
      reasonWithoutArea = error.description
    }
  }

  /// Whether each example has a wrong label.
  public var isWrong: [Bool] { wrongShares.map { $0 > 0 } }

  /// A column of a table of samples: the numbers of each example's labels in one cell.
  public static func column(_ sets: [[Int]]) -> SampleTable.Values {
    .texts(sets.map { $0.map(String.init).joined(separator: " ") })
  }
}
