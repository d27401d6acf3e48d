import Torch

/// Linear classifiers of several classes, put together from hyperplanes between two.
public struct MulticlassLinear: Sendable {
  /// How two classes become several.
  public enum Scheme: String, Sendable, CaseIterable, Codable {
    /// One hyperplane for each pair, each with one vote; ties go to the larger sum of scores.
    case oneAgainstOne
    /// One hyperplane between each class and all others; the largest score decides.
    case oneAgainstRest
  }

  /// How two classes became several.
  public let scheme: Scheme
  /// The number of classes, K.
  public let classCount: Int
  /// The hyperplanes: of pairs (0, 1), (0, 2), …, positive for the second, or of every class,
  /// positive for it.
  public let fits: [LinearFit]

  /// Fits all hyperplanes at one level of regularisation, on the workers of a context.
  ///
  /// - Parameters:
  ///   - inputs: `[N, …]`.
  ///   - labels: the class of every example, in `0..<classCount`; each class has an example.
  /// - Throws: ``LinearGeometryError``, or what libtorch reports.
  public init(
    _ scheme: Scheme, inputs: Tensor, labels: [Int], classCount: Int, loss: LinearLoss,
    lambda: Double, tolerance: Double = 1e-6, context: Context = Context()
  ) throws {
    guard labels.count == inputs.size(0), classCount >= 2 else {
      throw LinearGeometryError.setting(
        name: "the labels", value: "\(labels.count) of \(classCount) classes",
        allowed: "one label an example and at least 2 classes")
    }
    let pairs = ClassPairs.all(of: classCount)
    @Sendable func rows(where isChosen: (Int) -> Bool) -> Tensor {
      inputs.selecting(rows: labels.indices.filter { isChosen(labels[$0]) })
    }
    self.scheme = scheme
    self.classCount = classCount
    fits = try context.pool.map(scheme == .oneAgainstOne ? pairs.count : classCount) { index in
      let classes = scheme == .oneAgainstOne ? pairs[index] : (-1, index)
      let problem = try BinaryProblem(
        negative: rows { scheme == .oneAgainstOne ? $0 == classes.0 : $0 != index },
        positive: rows { $0 == classes.1 },
        names: (classes.0 < 0 ? "rest" : "\(classes.0)", "\(classes.1)"))
      return try RegularisationPath.fit(problem, loss: loss, lambda: lambda, tolerance: tolerance)
    }
  }

  /// The class of inputs `[N, …]`.
  public func classes(of inputs: Tensor) -> [Int] {
    let scores = Tensor.stacked(fits.map { $0.classifier.scores(inputs) }, along: 1)
    guard scheme == .oneAgainstOne else { return scores.argmax(along: 1).values(as: Int.self) }
    let rows = scores.values(as: Double.self)
    let pairs = ClassPairs.all(of: classCount)
    return (0..<inputs.size(0)).map { row in
      var votes = [(count: Int, sum: Double)](repeating: (0, 0), count: classCount)
      for (index, pair) in pairs.enumerated() {
        let score = rows[row * pairs.count + index]
        votes[score > 0 ? pair.1 : pair.0].count += 1
        votes[pair.1].sum += score
        votes[pair.0].sum -= score
      }
      return votes.indices.max { votes[$0] < votes[$1] } ?? 0
    }
  }
}
