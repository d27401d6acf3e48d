import Datasets
import Foundation
import LinearGeometry
import Testing
import Torch

/// The solvers against an independent implementation, bad input, and what must not matter.
@Suite("Linear solvers")
struct SolverTests {
  /// lambda; hinge objective and |w| (scikit-learn 1.9 SVC, tol 1e-9); logistic objective, |w| and b
  /// (newton-cholesky, tol 1e-14).
  private static let peers: [(Double, Double, Double, Double, Double, Double)] = [
    (
      1, 0.9746501208470794, 0.1592164537757346, 0.6869505561536342, 0.07787721108047951,
      -0.025710895276372422
    ),
    (
      0.3, 0.9155004028235979, 0.5307215125857819, 0.6733995025086261, 0.24891003466994022,
      -0.08170759408269476
    ),
    (
      0.1, 0.7481707869163905, 1.5310058269768965, 0.6395413244016305, 0.6824223454832997,
      -0.22021130458392466
    ),
    (
      0.01, 0.1107880935777596, 3.328484543718952, 0.4191500505631146, 3.6952170739150607,
      -1.1353475852272272
    ),
  ]

  @Test("objectives and norms are those of scikit-learn")
  func peers() throws {
    let parts = Clouds.sines
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    for (lambda, hinge, hingeNorm, logistic, logisticNorm, bias) in Self.peers {
      let first = try RegularisationPath.at(lambda, .hinge, problem).fit
      // The peer stops at a tolerance of its own; ours has a certificate, so it can only be lower.
      #expect(first.objective < hinge * (1 + 1e-9), "hinge at \(lambda)")
      #expect(first.objective > hinge * (1 - 1e-6), "hinge at \(lambda)")
      #expect(abs(first.classifier.norm - hingeNorm) < 1e-3 * hingeNorm, "hinge at \(lambda)")
      let second = try RegularisationPath.at(lambda, .softplus, problem, tolerance: 1e-12).fit
      #expect(abs(second.objective - logistic) < 1e-10 * logistic, "logistic at \(lambda)")
      #expect(abs(second.classifier.norm - logisticNorm) < 1e-4 * logisticNorm)
      #expect(abs(second.classifier.bias - bias) < 1e-4)
    }
  }

  @Test("every level reaches its duality gap", arguments: [LinearLoss.hinge, .softplus])
  func gaps(_ loss: LinearLoss) throws {
    let problem = try Clouds.pair(50, 30)
    for tolerance in [1e-3, 1e-6, 1e-9] {
      let path = try RegularisationPath(
        of: problem, loss: loss, over: LambdaGrid(from: 2, to: -6, perDecade: 2),
        tolerance: tolerance)
      for fit in path.fits { #expect(fit.relativeGap <= tolerance, "\(fit.lambda)") }
    }
  }

  @Test("more features than examples: the same minimiser as with the features themselves")
  func wide() throws {
    let parts = Clouds.tensors(8, 8, features: 40)
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    let lambda = 0.1
    let fit = try RegularisationPath.fit(problem, loss: .squared, lambda: lambda)
    let all = Tensor.concatenated(parts)
    let centred = all - all.mean(along: 0)
    let matrix =
      centred.transposed().matmul(centred) / 16
      + Tensor.identity(40, dtype: .float64) * lambda
    let expected = matrix.solve(problem.centroidDifference.unsqueezed(1)).squeezed(1) / 2
    #expect((fit.classifier.weight - expected).norm().item < 1e-10 * expected.norm().item)
    #expect((problem.inputs - all).abs().max().item < 1e-10)
    let scores = problem.scores(of: fit.classifier) - fit.classifier.scores(all)
    #expect(scores.abs().max().item < 1e-10)
  }

  @Test("constant features weigh nothing and change nothing")
  func constantFeature() throws {
    let parts = Clouds.tensors(20, 20, features: 4)
    let plain = try BinaryProblem(negative: parts[0], positive: parts[1])
    let widened = parts.map {
      Tensor.concatenated([$0, .full([20, 1], 5, dtype: .float64)], along: 1)
    }
    let problem = try BinaryProblem(negative: widened[0], positive: widened[1])
    for loss in [LinearLoss.hinge, .softplus, .squared] {
      let fit = try RegularisationPath.fit(problem, loss: loss, lambda: 0.01)
      let other = try RegularisationPath.fit(plain, loss: loss, lambda: 0.01)
      #expect(fit.classifier.weight[4].item == 0)
      #expect(abs(fit.objective - other.objective) < 1e-9)
    }
    #expect((problem.inputs - Tensor.concatenated(widened)).abs().max().item < 1e-12)
  }

  @Test("rows that both classes have are no obstacle")
  func duplicates() throws {
    let parts = Clouds.tensors(15, 15, features: 3)
    let both = parts.map { Tensor.concatenated([$0, parts[0][0..<5], parts[1][0..<5]]) }
    let problem = try BinaryProblem(negative: both[0], positive: both[1])
    for loss in [LinearLoss.hinge, .softplus, .squared] {
      let fit = try RegularisationPath.fit(problem, loss: loss, lambda: 1e-4)
      #expect(fit.relativeGap <= 1e-6)
      #expect(fit.risk > 0)
    }
    let same = try BinaryProblem(negative: parts[0], positive: parts[0])
    let fit = try RegularisationPath.fit(same, loss: .hinge, lambda: 0.1)
    #expect(fit.classifier.norm < 1e-9)
    #expect(TiltMeasures(fit.classifier, on: same).angle == nil)
  }

  @Test("bad input is named")
  func badInput() throws {
    let parts = Clouds.tensors(5, 5, features: 2)
    func error(_ negative: Tensor, _ positive: Tensor, limit: Int? = nil) -> LinearGeometryError? {
      #expect(throws: LinearGeometryError.self) {
        try BinaryProblem(
          negative: negative, positive: positive, names: ("two", "three"), memoryLimit: limit)
      }
    }
    #expect(error(parts[0][0..<0], parts[1]) == .emptyClass("two"))
    #expect(error(parts[0], parts[1].narrowed(to: 0..<1, along: 1)) == .featureCounts(2, 1))
    var values = parts[1].values(as: Double.self)
    values[7] = .nan
    #expect(
      error(parts[0], Tensor(values, shape: [5, 2]))
        == .notFinite(className: "three", example: 3, feature: 1))
    #expect(error(.ones([3, 2]), .ones([4, 2])) == .noVariation(features: 2))
    let memory = error(parts[0], parts[1], limit: 100)
    #expect(memory?.errorDescription?.contains("memory") == true)
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    for (loss, word) in [
      (LinearLoss.hinge, "widest margin"), (.softplus, "without bound"),
      (.squared, "smallest norm"),
    ] {
      let zero = #expect(throws: LinearGeometryError.self) {
        try RegularisationPath.fit(problem, loss: loss, lambda: 0)
      }
      #expect(zero?.errorDescription?.contains(word) == true)
    }
    for lambda in [-1, .nan, .infinity] {
      #expect(throws: LinearGeometryError.self) { try LambdaGrid([1, lambda]) }
    }
    #expect(throws: LinearGeometryError.self) {
      try RegularisationPath.fit(problem, loss: .zeroOne, lambda: 1)
    }
  }

  @Test("pairs do not depend on the workers")
  func workers() throws {
    let generator = Generator(seed: 4, purpose: "classes")
    let labels = (0..<90).map { $0 % 3 }
    let inputs =
      Tensor.normal([90, 4], using: generator)
      + Tensor(
        labels.flatMap { label -> [Float] in [Float(label), 0, Float(label * label), 1] },
        shape: [90, 4])
    let data = try Dataset(
      name: "clouds", inputs: inputs, labels: Tensor(labels), classNames: ["a", "b", "c"],
      range: Dataset.unbounded)
    let grid = try LambdaGrid(from: 1, to: -3, perDecade: 2)
    let paths = try [1, 3].map { workers in
      try ClassPairs.paths(
        ClassPairs.all(of: 3), training: data, test: data, over: grid,
        context: Context(workers: workers))
    }
    for (one, other) in zip(paths[0], paths[1]) {
      #expect(one.classes == other.classes)
      for (left, right) in zip(one.levels, other.levels) {
        #expect(left.measures == right.measures)
        #expect(left.testError == right.testError)
        #expect(left.fit.classifier.weight.isIdentical(to: right.fit.classifier.weight))
      }
    }
    #expect(throws: LinearGeometryError.self) {
      try PairPath((1, 1), training: data, test: nil, over: grid)
    }
    #expect(throws: LinearGeometryError.self) {
      try PairPath((0, 7), training: data, test: nil, over: grid)
    }
  }

  @Test(
    "several classes: both schemes separate what can be separated",
    arguments: [
      MulticlassLinear.Scheme.oneAgainstOne, .oneAgainstRest,
    ])
  func severalClasses(_ scheme: MulticlassLinear.Scheme) throws {
    let labels = (0..<80).map { $0 % 4 }
    let generator = Generator(seed: 5, purpose: "corners")
    let places: [[Double]] = [[4, 0], [-4, 0], [0, 4], [0, -4]]
    let corners: [Double] = labels.flatMap { places[$0] }
    let inputs =
      Tensor(corners, shape: [80, 2])
      + Tensor.normal([80, 2], standardDeviation: 0.3, dtype: .float64, using: generator)
    let model = try MulticlassLinear(
      scheme, inputs: inputs, labels: labels, classCount: 4, loss: .hinge, lambda: 1e-3,
      context: Context(workers: 2))
    #expect(model.fits.count == (scheme == .oneAgainstOne ? 6 : 4))
    #expect(model.classes(of: inputs) == labels)
  }

  @Test("no line has fewer errors than the search finds, and it counts them right")
  func zeroOne() throws {
    let parts = Clouds.tensors(14, 18, features: 2, apart: 0.8)
    let (best, errors) = try ZeroOneSearch.minimise(negative: parts[0], positive: parts[1])
    let counted = best.errors(negative: parts[0], positive: parts[1])
    #expect(counted.negative + counted.positive == errors)
    var stream = RandomStream(seed: 6, purpose: "lines")
    for _ in 0..<500 {
      let angle = stream.uniform() * 2 * .pi
      let line = LinearClassifier(
        weight: Tensor([cos(angle), sin(angle)]), bias: stream.uniform() * 4 - 2)
      let other = line.errors(negative: parts[0], positive: parts[1])
      #expect(other.negative + other.positive >= errors)
    }
    let xor = try ZeroOneSearch.minimise(
      negative: Tensor([0.0, 0, 1, 1], shape: [2, 2]),
      positive: Tensor([0.0, 1, 1, 0], shape: [2, 2]))
    #expect(xor.errors == 1)
  }

  @Test("scaled losses: error distance for large |w|, adversarial distance for small |w|")
  func scaledLosses() {
    for distance in [-2.0, -0.1, 0.3, 1] {
      let large = LinearLoss.softplus.scaled(by: 1e4)(distance) / 1e4
      #expect(abs(large - max(-distance, 0)) < 1e-4)
      #expect(abs(LinearLoss.hinge.scaled(by: 0.4)(distance) - (1 - 0.4 * distance)) < 1e-12)
      let small = LinearLoss.softplus.scaled(by: 1e-3)(distance)
      #expect(abs(small - (log(2) - 0.5e-3 * distance)) < 1e-6)
      #expect(LinearLoss.zeroOne.scaled(by: 5)(distance) == LinearLoss.zeroOne(distance))
    }
  }
}
