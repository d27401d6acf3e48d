import Datasets
import Networks
import Statistics
import Torch

/// A question to a finished network whose answer belongs to all examples together, such as a rate that is
/// read from a curve.
public protocol SetMeasure: Measure {
  /// The answer with its interval.
  ///
  /// The network is as it was afterwards, also after an error; nobody else may use it meanwhile.
  ///
  /// - Throws: what libtorch reports, or why the measure does not exist for these examples.
  func estimate(of model: any Layer, on data: Dataset, context: Context) throws -> SetEstimate
}

extension SetMeasure {
  /// The answer itself, once: no example has a part of it.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    [try estimate(of: model, on: data, context: context).value]
  }
}

/// The answer of a ``SetMeasure``.
public struct SetEstimate: Sendable, Equatable {
  /// The answer.
  public let value: Double
  /// Its interval.
  public let interval: Interval?
  /// How many units were drawn at random, such as identities.
  public let count: Int
  /// What it rests on, and what is to be doubted about it, in sentences.
  public let remark: String

  /// An answer.
  public init(value: Double, interval: Interval?, count: Int, remark: String) {
    self.value = value
    self.interval = interval
    self.count = count
    self.remark = remark
  }
}
