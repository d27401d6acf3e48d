import Foundation
import LinearGeometry
import Testing
import Torch

/// What must hold of every hyperplane and of every path: theorems T1 to T7 of the reference.
@Suite("Theorems about tilting")
struct TheoremTests {
  @Test("T1: the balanced adversarial distance is ½ |j - i| cos θ, whatever the classes' sizes")
  func identity() throws {
    for (negative, positive) in [(20, 20), (7, 33)] {
      let problem = try Clouds.pair(negative, positive)
      for tilt in [0.0, 0.3, 2] {
        let weight = problem.centroidDifference + Tensor((0..<6).map { tilt * sin(Double($0)) })
        let measures = TiltMeasures(LinearClassifier(weight: weight, bias: 0.7), on: problem)
        let angle = try #require(measures.angle)
        let expected = measures.largestAdversarialDistance * cos(angle)
        #expect(abs(measures.adversarialDistance - expected) < 1e-12)
        // The plain mean has the identity only where the classes are of one size.
        let isEqual = abs(measures.plainAdversarialDistance - expected) < 1e-12
        #expect(isEqual == (negative == positive))
      }
    }
  }

  @Test(
    "T2: above lambda* the hinge loss is not tilted, w = u / 4 lambda, and the bias is not unique")
  func hingeSaturates() throws {
    let problem = try Clouds.pair(40, 40)
    let onset = try #require(HingeOnset.lambda(of: problem))
    let difference = problem.centroidDifference
    for factor in [1.0001, 3, 100] {
      let lambda = onset * factor
      let (fit, measures) = try RegularisationPath.at(lambda, .hinge, problem)
      let expected = difference / (4 * lambda)
      #expect((fit.classifier.weight - expected).norm().item < 1e-10 * expected.norm().item)
      #expect(try #require(measures.angle) < 1e-9)
      let minimum = 1 - difference.squared().sum().item / (16 * lambda)
      #expect(abs(fit.objective - minimum) < 1e-12)
      let biases = try #require(HingeOnset.biases(of: problem, lambda: lambda))
      #expect(abs(fit.biases.lowerBound - biases.lowerBound) < 1e-9)
      #expect(abs(fit.biases.upperBound - biases.upperBound) < 1e-9)
      #expect(abs(fit.classifier.bias - (biases.lowerBound + biases.upperBound) / 2) < 1e-9)
      if factor > 1.1 { #expect(biases.upperBound - biases.lowerBound > 0.1) }
      for bias in [biases.lowerBound, biases.upperBound] {
        let other = LinearClassifier(weight: fit.classifier.weight, bias: bias)
        let risk = LinearLoss.hinge.values(margins(of: other, on: problem)).mean().item
        #expect(abs(risk - fit.risk) < 1e-12)
      }
    }
    let below = try RegularisationPath.at(0.98 * onset, .hinge, problem).measures
    #expect(try #require(below.angle) > 1e-4)
  }

  @Test(
    "T3: strong regularisation takes the logistic loss to the centroids, at the rate of the article"
  )
  func logisticLimit() throws {
    let problem = try Clouds.pair(40, 40)
    let difference = problem.centroidDifference
    let direction = difference / difference.norm().item
    let turned = covariance(of: problem).matmul(difference)
    let across = turned - direction * turned.dot(direction).item
    let rate = across.norm().item / (8 * difference.norm().item)
    var last = Double.infinity
    for lambda in [10.0, 100, 1000] {
      let (fit, measures) = try RegularisationPath.at(lambda, .softplus, problem, tolerance: 1e-13)
      let expected = difference / (8 * lambda)
      let error = (fit.classifier.weight - expected).norm().item / expected.norm().item
      #expect(error < 1 / lambda)
      let ratio = try #require(measures.angle) * lambda / rate
      #expect(abs(ratio - 1) < min(last, 1 / lambda))
      last = abs(ratio - 1)
    }
  }

  @Test(
    "T3: between classes of different sizes the hinge loss stays tilted and the logistic does not")
  func unbalanced() throws {
    let problem = try Clouds.pair(15, 45)
    let (share, other) = (0.25, 0.75)
    let lambda = 1e4
    let logistic = try RegularisationPath.at(lambda, .softplus, problem, tolerance: 1e-13)
    let expected = problem.centroidDifference * (share * other / (2 * lambda))
    let error = (logistic.fit.classifier.weight - expected).norm().item
    #expect(error < 1e-3 * expected.norm().item)
    #expect(abs(logistic.fit.classifier.bias - log(3)) < 1e-3)
    #expect(try #require(logistic.measures.angle) < 1e-3)
    let angles = try [1e2, 1e3].map {
      try #require(try RegularisationPath.at($0, .hinge, problem, tolerance: 1e-11).measures.angle)
    }
    #expect(abs(angles[0] - angles[1]) < 1e-3)
    #expect(angles[0] > 0.1)
    #expect(HingeOnset.lambda(of: problem) == nil)
  }

  @Test("T4: least squares is ½ (Σ + lambda)⁻¹ u, and its angle falls as lambda grows")
  func ridge() throws {
    let problem = try Clouds.pair(40, 40)
    let path = try RegularisationPath(
      of: problem, loss: .squared, over: LambdaGrid(from: 3, to: -6, perDecade: 4))
    let covariance = covariance(of: problem)
    var last = -1.0
    for fit in path.fits {
      let expected =
        (covariance + Tensor.identity(6, dtype: .float64) * fit.lambda)
        .solve(problem.centroidDifference.unsqueezed(1)).squeezed(1) / 2
      #expect((fit.classifier.weight - expected).norm().item < 1e-11 * expected.norm().item)
      let angle = try #require(TiltMeasures(fit.classifier, on: problem).angle)
      #expect(angle > last)
      last = angle
    }
  }

  @Test(
    "T5: as lambda falls |w| grows and the mean loss falls",
    arguments: [
      LinearLoss.hinge, .softplus, .squared,
    ])
  func monotone(_ loss: LinearLoss) throws {
    let problem = try Clouds.pair(30, 50)
    let path = try RegularisationPath(
      of: problem, loss: loss, over: LambdaGrid(from: 2, to: -5, perDecade: 5), tolerance: 1e-9)
    for (strong, weak) in zip(path.fits, path.fits.dropFirst()) {
      #expect(weak.classifier.norm >= strong.classifier.norm * (1 - 1e-4))
      #expect(weak.risk <= strong.risk * (1 + 1e-4) + 1e-12)
    }
  }

  @Test(
    "T6: scaling the features scales lambda, turning them turns w",
    arguments: [
      LinearLoss.hinge, .softplus, .squared,
    ])
  func equivariance(_ loss: LinearLoss) throws {
    let parts = Clouds.tensors(25, 25)
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    let scale = 37.0
    let scaled = try BinaryProblem(negative: parts[0] * scale, positive: parts[1] * scale)
    let rotation = Tensor.normal(
      [6, 6], dtype: .float64, using: Generator(seed: 3, purpose: "rotation")
    ).qr().q
    let turned = try BinaryProblem(
      negative: parts[0].matmul(rotation), positive: parts[1].matmul(rotation))
    for lambda in [1.0, 0.01] {
      let plain = try RegularisationPath.at(lambda, loss, problem, tolerance: 1e-12)
      let other = try RegularisationPath.at(
        lambda * scale * scale, loss, scaled, tolerance: 1e-12)
      let (angle, otherAngle) = (
        try #require(plain.measures.angle), try #require(other.measures.angle)
      )
      #expect(abs(angle - otherAngle) < 1e-4)
      #expect(abs(plain.fit.objective - other.fit.objective) < 1e-10)
      let moved = try RegularisationPath.at(lambda, loss, turned, tolerance: 1e-12).fit
      let expected = plain.fit.classifier.weight.matmul(rotation)
      #expect((moved.classifier.weight - expected).norm().item < 1e-4 * expected.norm().item)
    }
  }

  @Test("T7: as lambda goes to 0 between separable classes the margin becomes the widest")
  func hardMargin() throws {
    // Two points each: the widest margin is half of the distance of the nearest pair.
    let problem = try BinaryProblem(
      negative: Tensor([0.0, 0, -1, 5], shape: [2, 2]),
      positive: Tensor([2.0, 1, 3, -4], shape: [2, 2]))
    let fit = try RegularisationPath.hardMargin(problem)
    let measures = TiltMeasures(fit.classifier, on: problem)
    #expect(abs(measures.inverseNorm - measures.margin) < 1e-6)
    let weaker = try RegularisationPath.fit(
      problem, loss: .hinge, lambda: fit.lambda / 1000, tolerance: 1e-9)
    #expect((weaker.classifier.weight - fit.classifier.weight).norm().item < 1e-4)
    #expect(weaker.risk < 1e-9)
    var last = Double.infinity
    for lambda in [1e-2, 1e-4, 1e-6, 1e-8] {
      let logistic = try RegularisationPath.fit(
        problem, loss: .softplus, lambda: lambda, tolerance: 1e-9)
      let angle = try #require(
        TiltMeasures.angle(between: logistic.classifier.weight, and: fit.classifier.weight))
      #expect(angle < last)
      // O(1 / ln(1 / lambda)) and no faster promise than that.
      #expect(angle < 1.5 / log(1 / lambda))
      last = angle
    }
    #expect(throws: LinearGeometryError.self) {
      _ = try RegularisationPath.hardMargin(Clouds.pair(40, 40, apart: 0.1))
    }
  }

  private func margins(of classifier: LinearClassifier, on problem: BinaryProblem) -> Tensor {
    let signs = Tensor.concatenated([
      .full([problem.negativeCount], -1, dtype: .float64),
      .full([problem.positiveCount], 1, dtype: .float64),
    ])
    return problem.scores(of: classifier) * signs
  }

  private func covariance(of problem: BinaryProblem) -> Tensor {
    let centred = problem.inputs - problem.inputs.mean(along: 0)
    return centred.transposed().matmul(centred) / Double(problem.count)
  }
}
