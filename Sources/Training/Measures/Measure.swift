import Datasets
import Networks
import Torch

/// A question to a finished network that has one answer an example; what is found is their mean.
///
/// To add a measure, write it in a file of its own and name it in ``MeasureRegistry``.
public protocol Measure: Sendable {
  /// The first part of the finding's id, such as `sharpness`.
  var name: String { get }
  /// Numbers that go on the id, such as radii, so that a recipe can measure at several.
  var radii: [Double] { get }
  /// A few words for people.
  var title: String { get }
  /// The unit of the numbers, such as `nats`; empty for bare numbers.
  var unit: String { get }
  /// Whether small numbers are good.
  var isLowerBetter: Bool { get }
  /// Whether the id begins with the part that is measured on, such as `test_accuracy`.
  var isNamedAfterPart: Bool { get }
  /// How it is measured, in a sentence.
  var method: String { get }
  /// One number an example, in the order of the data; not a number where there is none.
  ///
  /// The network is as it was afterwards, also after an error; nobody else may use it meanwhile.
  ///
  /// - Throws: what libtorch reports, or why the measure does not exist for this network.
  func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double]
}

extension Measure {
  /// No.
  public var isNamedAfterPart: Bool { false }
}
