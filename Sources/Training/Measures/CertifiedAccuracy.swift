import Certificates
import Datasets
import Networks
import Torch

/// The share of examples that are classified rightly and provably stay so within a Euclidean radius: by how
/// fast the layers of the network let logits change (`LipschitzMargin`).
public struct CertifiedAccuracy: Measure {
  private let radius: Double

  /// A measure.
  ///
  /// - Parameter radius: in the unit of the inputs, positive.
  public init(radius: Double) { self.radius = radius }

  /// `certified_accuracy`.
  public var name: String { "certified_accuracy" }
  /// The radius.
  public var radii: [Double] { [radius] }
  /// What it is.
  public var title: String { "Certified accuracy, l2 \(radius)" }
  /// A bare number.
  public var unit: String { "" }
  /// Much is good.
  public var isLowerBetter: Bool { false }
  /// How it is measured.
  public var method: String {
    "Margins divided by bounds on how fast they can shrink, from the finished weights."
  }

  /// 1 for examples with a certificate of more than the radius and 0 for the others.
  ///
  /// - Throws: `CertificateError` for a network with a layer that has no bound.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    let frozen = FrozenNetwork(
      model, inputShape: data.inputShape, classCount: data.classNames.count)
    let result = try LipschitzMargin().certify(
      frozen, data.batch(Array(0..<data.count)), context: context, progress: nil)
    return result.isCertified(at: radius).map { $0 ? 1 : 0 }
  }
}
