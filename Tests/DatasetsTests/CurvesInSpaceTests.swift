import Datasets
import Foundation
import Testing

@Suite struct CurvesInSpaceTests {
  @Test(arguments: CurvesInSpace.Shape.allCases) func pointsLieInAPlaneWithTheNoiseThatIsAskedFor(
    shape: CurvesInSpace.Shape
  ) throws {
    let set = try CurvesInSpace(shape, noise: 0.1)
    let sample = try set.draw(4000, seed: 3)
    let first = (0..<2).map { sample.example($0) }
    // Orthonormal axes keep lengths and angles: dot products are those of the places.
    func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    for index in 0..<50 {
      for other in 0..<2 {
        let expected = (sample.truth[index] * sample.truth[other]).sum()
        #expect(abs(dot(sample.example(index), first[other]) - expected) < 1e-5)
      }
    }
    // Off the curve the noise is the same in both directions; a circle bends its mean a little.
    let squares = zip(sample.truth, sample.labels).reduce(0.0) { sum, entry in
      guard shape == .arcs || entry.1 == 1 else { return sum }
      let centre = shape == .arcs ? SIMD2(-0.5, 0.25) * (entry.1 == 0 ? 1 : -1) : SIMD2(0, 0)
      let arm = entry.0 - centre
      let off = (arm * arm).sum().squareRoot() - 1
      return sum + off * off
    }
    let count = shape == .arcs ? 4000.0 : 2000
    #expect(abs(squares / count / 0.01 - 1) < 0.12)
  }

  @Test func sixteenPointsAreEightAClass() throws {
    for seed in 0..<5 {
      let sample = try CurvesInSpace(.rings).draw(16, seed: UInt64(seed))
      #expect(sample.labels.filter { $0 == 1 }.count == 8)
    }
  }

  @Test func trainAndTestPartsShareAPlane() throws {
    let set = try CurvesInSpace(.arcs)
    let train = try set.draw(2, seed: 7)
    let test = try set.draw(1, seed: 7, part: .test)
    let product = zip(train.example(0), test.example(0)).reduce(0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(product - (train.truth[0] * test.truth[0]).sum()) < 1e-5)
    let other = try set.draw(1, seed: 8, part: .test)
    let apart = zip(train.example(0), other.example(0)).reduce(0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(apart - (train.truth[0] * other.truth[0]).sum()) > 1e-3)
  }
}
