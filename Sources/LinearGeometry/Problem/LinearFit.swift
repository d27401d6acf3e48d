/// The minimiser of L = mean loss + lambda |w|² over the examples of two classes.
public struct LinearFit: Sendable {
  /// The level of regularisation.
  public let lambda: Double
  /// The minimiser.
  public let classifier: LinearClassifier
  /// L at the minimiser.
  public let objective: Double
  /// R, the mean loss at the minimiser.
  public let risk: Double
  /// How far the objective can be above the minimum, as a share of it.
  public let relativeGap: Double
  /// The biases that are as good; the middle is taken. One value where the minimum is unique.
  public let biases: ClosedRange<Double>
  /// The steps of the solver.
  public let iterations: Int
}
