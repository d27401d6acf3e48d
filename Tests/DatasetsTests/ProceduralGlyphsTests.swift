import Datasets
import Testing

@Suite struct ProceduralGlyphsTests {
  @Test func pixelsLieInTheirRange() throws {
    let sample = try Glyphs(noise: 0.5).draw(100, seed: 4)
    #expect(sample.inputs.allSatisfy { (0...1).contains($0) })
    #expect(sample.shape == [100, 1, 28, 28])
  }

  /// The ink of a round-ended stroke is its length times its width and a disc of that width.
  @Test func inkOfAStraightStrokeHasItsArea() throws {
    let glyphs = try Glyphs(
      rotation: 0.2, shear: 0, translation: 1, thickness: 2...3, jitter: 0, warp: 0, noise: 0)
    let sample = try glyphs.draw(300, seed: 5)
    var checked = 0
    for index in 0..<sample.count where sample.labels[index] == 1 {
      let truth = sample.truth[index]
      guard truth.variant == 0 else { continue }
      let ink = Double(sample.example(index).reduce(0, +)) / truth.ink
      let length = 20 * truth.scale.y
      let area = length * truth.thickness + .pi / 4 * truth.thickness * truth.thickness
      #expect(abs(ink / area - 1) < 0.05, "\(ink) against \(area)")
      checked += 1
    }
    #expect(checked > 3)
  }

  @Test func translationMovesTheCentreOfTheInk() throws {
    let glyphs = try Glyphs(
      rotation: 0, shear: 0, scale: 0.8...0.8, jitter: 0, warp: 0, noise: 0)
    let sample = try glyphs.draw(200, seed: 6)
    // A narrow zero is symmetric about the middle to a tenth of a pixel or so.
    for index in 0..<sample.count where sample.labels[index] == 0 {
      guard sample.truth[index].variant == 0 else { continue }
      let pixels = Array(sample.example(index))
      let total = pixels.reduce(0, +)
      var center = SIMD2<Float>.zero
      for place in pixels.indices {
        center += SIMD2(Float(place % 28) + 0.5, Float(place / 28) + 0.5) * pixels[place] / total
      }
      let shift = sample.truth[index].translation
      #expect(abs(Double(center.x) - 14 - shift.x) < 0.8)
      #expect(abs(Double(center.y) - 14 - shift.y) < 0.8)
    }
  }

  @Test func settingsBoundTheTruth() throws {
    let sample = try Glyphs().draw(400, seed: 7)
    for truth in sample.truth {
      #expect(abs(truth.rotation) <= 0.3 && abs(truth.shear) <= 0.35)
      #expect((1.6...3.8).contains(truth.thickness) && (0.7...1).contains(truth.ink))
      let size = (truth.scale.x * truth.scale.y).squareRoot()
      #expect(size > 0.7 - 1e-9 && size < 1.05 + 1e-9)
    }
    for digit in 0..<10 {
      let variants = Set(
        (0..<400).filter { sample.labels[$0] == digit }.map { sample.truth[$0].variant })
      #expect(variants.count >= 2)
    }
  }

  /// Classes can be told apart, but not by their means alone.
  @Test func nearestMeanIsBetterThanChanceAndFarFromPerfect() throws {
    let train = try Glyphs().draw(600, seed: 8)
    let test = try Glyphs().draw(300, seed: 8, part: .test)
    var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
    for index in 0..<train.count {
      for (place, value) in train.example(index).enumerated() {
        means[train.labels[index]][place] += value / 60
      }
    }
    let right = (0..<test.count).count { index in
      let distances = means.map { mean in
        zip(mean, test.example(index)).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return distances.indices.min { distances[$0] < distances[$1] } == test.labels[index]
    }
    #expect(right > 120 && right < 285)
  }
}
