import Testing

@testable import Explanations

@Suite("Sobol's sequence")
struct SobolSequenceTests {
  @Test("every coordinate visits all parts of 2^k equal ones once")
  func strata() {
    let (dimensions, count) = (160, 64)
    let points =
      [Double](repeating: 0, count: dimensions)
      + SobolSequence(dimensions: dimensions).points(count - 1)
    for dimension in 0..<dimensions {
      let parts = (0..<count).map { Int(points[$0 * dimensions + dimension] * Double(count)) }
      #expect(Set(parts).count == count, "dimension \(dimension)")
    }
  }

  @Test("the first coordinates are van der Corput's, and no two are the same")
  func first() {
    let points = SobolSequence(dimensions: 100).points(7)
    let first = (0..<7).map { points[$0 * 100] }
    #expect(first == [0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125])
    let columns = (0..<100).map { column in
      SobolSequence(dimensions: 100).points(255).enumerated()
        .filter { $0.offset % 100 == column }.map(\.element)
    }
    #expect(Set(columns).count == 100)
  }

  @Test("integrals converge faster than by chance")
  func integral() {
    let points = SobolSequence(dimensions: 8).points(4096)
    let mean =
      (0..<4096).reduce(0.0) { sum, row in
        sum + points[row * 8..<row * 8 + 8].reduce(1) { $0 * (0.5 + $1) }
      } / 4096
    // By chance the deviation is 0.016.
    #expect(abs(mean - 1) < 0.004)
  }
}
