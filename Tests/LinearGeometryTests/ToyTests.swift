import Foundation
import LinearGeometry
import Testing
import Torch

/// The article's toy problem, mirror images and the tilting plane.
@Suite("Projections and mirror images")
struct ToyTests {
  @Test("an image and its mirror image are 2 |a| cos θ apart and equally far from the boundary")
  func mirror() throws {
    let toy = ToyProblem(perClass: 9, outlier: nil)
    for angle in [0, 0.4, 1.2, 1.5] {
      let line = ToyProblem.line(tiltedBy: angle)
      for points in [toy.negative, toy.positive] {
        let (projected, mirrored) = (line.projected(points), line.mirrored(points))
        #expect(line.distances(projected).abs().max().item < 1e-12)
        #expect((line.distances(mirrored) + line.distances(points)).abs().max().item < 1e-12)
        let way = (mirrored - points).norm(along: [1]).values(as: Double.self)
        let places = points.select(0, along: 1).values(as: Double.self)
        for (length, place) in zip(way, places) {
          #expect(abs(length - 2 * abs(place) * cos(angle)) < 1e-12)
        }
      }
      let measures = TiltMeasures(line, on: try toy.problem())
      #expect(abs(try #require(measures.angle) - angle) < 1e-12)
      #expect(abs(measures.adversarialDistance - 0.6 * cos(angle)) < 1e-12)
    }
  }

  @Test("with an offset too, where the article's formula has none")
  func offset() {
    let classifier = LinearClassifier(weight: Tensor([3.0, 4]), bias: 10)
    let points = Tensor([1.0, 2, -5, 0.5], shape: [2, 2])
    #expect(classifier.distances(classifier.projected(points)).abs().max().item < 1e-12)
    let sum = classifier.scores(classifier.mirrored(points)) + classifier.scores(points)
    #expect(sum.abs().max().item < 1e-12)
    #expect(classifier.offset == 2)
  }

  @Test("an outlier tilts the line when regularisation is weak, and not when it is strong")
  func outlier() throws {
    let problem = try ToyProblem().problem()
    let path = try RegularisationPath(
      of: problem, loss: .hinge, over: LambdaGrid(from: 1, to: -5, perDecade: 2))
    let measures = path.fits.map { TiltMeasures($0.classifier, on: problem) }
    #expect(try #require(measures.first?.angle) < 0.05)
    #expect(try #require(measures.last?.angle) > 0.8)
    #expect(measures.last?.error == 0)
    #expect(try #require(measures.first?.error) > 0)
  }

  @Test("coordinates in the tilting plane keep every score")
  func plane() throws {
    let parts = Clouds.tensors(10, 12)
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    let classifier = LinearClassifier(
      weight: Tensor([1.0, -2, 0.5, 3, 0, 1]), bias: 0.3)
    let plane = try #require(TiltingPlane(of: classifier, on: problem))
    #expect(abs(plane.centroidDirection.dot(plane.acrossDirection).item) < 1e-12)
    let coordinates = plane.coordinates(parts[0])
    let angle = try #require(TiltMeasures(classifier, on: problem).angle)
    let scores = coordinates.matmul(Tensor([cos(angle), sin(angle)])) * classifier.norm + 0.3
    #expect((scores - classifier.scores(parts[0])).abs().max().item < 1e-10)
    #expect(
      TiltingPlane(
        of: classifier,
        on: try BinaryProblem(
          negative: parts[0], positive: parts[0])) == nil)
  }

  @Test("pictures show a on the left and b on the right")
  func picture() {
    let picture = ToyProblem.picture(SIMD2(-1, 0), size: 4)
    #expect(picture == [0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5])
  }
}
