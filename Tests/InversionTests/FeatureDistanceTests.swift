import Foundation
import Inversion
import Statistics
import Testing
import Torch

@Suite("Distances between sets of features")
struct FeatureDistanceTests {
  private let bootstrap = Bootstrap(.percentile, resamples: 100)

  private func set(
    _ rows: [[Double]], identities: [Int]? = nil, name: String = "numbers"
  ) throws -> FeatureSet {
    try FeatureSet(
      name: name, rows: Tensor(rows.flatMap(\.self), shape: [rows.count, rows.first?.count ?? 0]),
      identities: identities)
  }

  private func normal(
    _ count: Int, _ width: Int, mean: Double = 0, deviation: Double = 1, seed: UInt64 = 0,
    perIdentity: Int = 1
  ) throws -> FeatureSet {
    var stream = RandomStream(seed: seed, purpose: "features")
    let rows = (0..<count).map { _ in
      (0..<width).map { _ in mean + deviation * stream.normal() }
    }
    return try set(rows, identities: (0..<count).map { $0 / perIdentity })
  }

  @Test("all of them equal an independent implementation, PRDC in both formulas")
  func golden() throws {
    for golden in try MeasureGolden.load().distances {
      let (real, made) = try golden.sets()
      let frechet = try FrechetDistance(real: real, made: made)
      #expect(abs(frechet.value - golden.frechet) < 1e-6 * golden.frechet)
      var stream = RandomStream(seed: 0, purpose: "kernel")
      let kernel = try KernelDistance(real: real, made: made, bootstrap, using: &stream)
      #expect(areClose([kernel.value], [golden.kernel], 1e-10))
      for (formula, expected) in [
        (PRDC.Formula.reference, golden.reference), (.nearestBall, golden.nearestBall),
      ] {
        let prdc = try PRDC(real: real, made: made, formula: formula)
        #expect(
          areClose([prdc.precision, prdc.recall, prdc.density, prdc.coverage], expected, 1e-12))
        #expect(prdc.neighbours == 3 && prdc.formula == formula)
        // Nothing is cut to the smaller set.
        #expect(prdc.realCount == real.count && prdc.madeCount == made.count)
      }
    }
  }

  @Test("the Fréchet distance of sets with diagonal covariances")
  func diagonal() throws {
    // ±a on each axis: mean 0, covariance diag(2 a² / (n - 1)).
    func cross(_ lengths: [Double], at centre: [Double]) throws -> FeatureSet {
      try set(
        lengths.indices.flatMap { axis in
          [-1.0, 1].map { sign in
            centre.indices.map { centre[$0] + ($0 == axis ? sign * lengths[axis] : 0) }
          }
        })
    }
    let (first, second) = ([3.0, 1, 2], [1.0, 0.5, 4])
    let distance = try FrechetDistance(
      real: cross(first, at: [0, 0, 0]), made: cross(second, at: [1, -2, 0.5]))
    let expected =
      1 + 4 + 0.25 + zip(first, second).reduce(0) { $0 + 2 * ($1.0 - $1.1) * ($1.0 - $1.1) / 5 }
    #expect(abs(distance.value - expected) < 1e-12)
    let same = try FrechetDistance(
      real: cross(first, at: [0, 0, 0]), made: cross(first, at: [0, 0, 0]))
    #expect(same.value < 1e-12)
  }

  @Test("the Fréchet distance refuses and warns, and never is 0 because it failed")
  func refusals() throws {
    #expect(throws: InversionError.self) { try self.set([[1, .nan], [0, 1]]) }
    #expect(throws: InversionError.self) { try self.set([[1, .infinity], [0, 1]]) }
    #expect(throws: InversionError.self) { try self.set([[1, 2]]) }
    #expect(throws: InversionError.self) { try self.set([]) }
    let (few, other) = (try normal(8, 10, seed: 1), try normal(8, 10, seed: 2))
    let distance = try FrechetDistance(real: few, made: other)
    #expect(distance.value > 1)
    #expect(distance.warning?.contains("singular") == true)
    #expect(distance.warning?.contains("8 real and 8 made images for 10") == true)
    let many = try FrechetDistance(real: normal(400, 3, seed: 1), made: normal(300, 3, seed: 2))
    #expect(many.warning == nil && many.value > 0 && many.value < 0.1)
    // Numbers whose squares are beyond all numbers.
    let huge = try set([[1e200, 0], [-1e200, 0], [0, 1e200]])
    #expect(throws: InversionError.self) { try FrechetDistance(real: huge, made: huge) }
    #expect(throws: InversionError.self) { try FrechetDistance(real: few, made: normal(8, 9)) }
    #expect(throws: InversionError.self) {
      try FrechetDistance(real: self.set([[1], [2]]), made: self.set([[1], [2]], name: "others"))
    }
  }

  @Test(
    "the Fréchet distance of few images of one distribution is too large; the interval says how much"
  )
  func interval() throws {
    let (real, made) = (
      try normal(60, 2, seed: 1, perIdentity: 3),
      try normal(60, 2, mean: 1, seed: 2, perIdentity: 3)
    )
    let value = try FrechetDistance(real: real, made: made).value
    var stream = RandomStream(seed: 0, purpose: "interval")
    let interval = try FrechetDistance.interval(
      real: real, made: made, Bootstrap(resamples: 100), using: &stream)
    #expect(interval.contains(value) && interval.low > 0.5 && interval.high < 5)
  }

  @Test("the kernel distance is 0 on average for sets of one distribution, of any sizes")
  func unbiased() throws {
    var values: [Double] = []
    for seed in 0..<200 as Range<UInt64> {
      var stream = RandomStream(seed: 0, purpose: "kernel")
      values.append(
        try KernelDistance(
          real: normal(12, 2, seed: 2 * seed), made: normal(5, 2, seed: 2 * seed + 1),
          Bootstrap(.percentile, resamples: 1), using: &stream
        ).value)
    }
    let error = (values.reduce(0) { $0 + $1 * $1 } / 200).squareRoot() / 200.0.squareRoot()
    #expect(abs(mean(of: values)) < 3 * error, "\(mean(of: values)), \(error)")
    #expect(values.contains { $0 < 0 } && values.contains { $0 > 0 })
  }

  @Test("the interval of the kernel distance draws people and holds the distance")
  func kernelInterval() throws {
    let (real, made) = (
      try normal(60, 2, seed: 1, perIdentity: 3),
      try normal(40, 2, mean: 1, seed: 2, perIdentity: 2)
    )
    var stream = RandomStream(seed: 0, purpose: "kernel")
    let distance = try KernelDistance(
      real: real, made: made, Bootstrap(resamples: 200), using: &stream)
    let interval = try #require(distance.interval)
    #expect(interval.contains(distance.value) && interval.low > 0)
    stream = RandomStream(seed: 0, purpose: "kernel")
    let single = try KernelDistance(
      real: set([[0, 1], [1, 0]], identities: [4, 4]),
      made: set([[0, 2], [1, 0]], identities: [4, 4]), bootstrap, using: &stream)
    #expect(single.interval == nil)
  }

  @Test(
    "with several images of each person the published kernel distance is below 0, by person it is not"
  )
  func byIdentity() throws {
    // Both sets are of the same ten people, who are far apart.
    func people(_ each: Int, seed: UInt64) throws -> FeatureSet {
      var centres = RandomStream(seed: 1, purpose: "centres")
      let middle = (0..<10).map { _ in (0..<3).map { _ in 5 * centres.normal() } }
      var stream = RandomStream(seed: seed, purpose: "images")
      let rows = (0..<10 * each).map { place in
        middle[place / each].map { $0 + stream.normal() }
      }
      return try set(rows, identities: (0..<10 * each).map { $0 / each })
    }
    var values: [[Double]] = []
    for seed in 0..<30 as Range<UInt64> {
      let (real, made) = (try people(6, seed: 2 * seed), try people(3, seed: 2 * seed + 1))
      values.append(
        try KernelDistance.Sampling.allCases.map { sampling in
          var stream = RandomStream(seed: 0, purpose: "kernel")
          return try KernelDistance(
            real: real, made: made, sampling: sampling, Bootstrap(.percentile, resamples: 1),
            using: &stream
          ).value
        })
    }
    func mean(_ column: Int) -> (mean: Double, error: Double) {
      let own = values.map { $0[column] }
      let middle = own.reduce(0, +) / 30
      let squares = own.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
      return (middle, (squares / 29 / 30).squareRoot())
    }
    let (published, byPerson) = (mean(0), mean(1))
    #expect(published.mean < -10 * published.error, "\(published)")
    #expect(abs(byPerson.mean) < 3 * byPerson.error, "\(byPerson)")
    var stream = RandomStream(seed: 0, purpose: "kernel")
    #expect(throws: InversionError.self) {
      try KernelDistance(
        real: people(2, seed: 1), made: people(1, seed: 2), sampling: .byIdentity, bootstrap,
        using: &stream)
    }
  }

  @Test("the two formulas of PRDC disagree where the reference says so")
  func formulas() throws {
    // Twice as many made as real images: the density of PPA's formula is twice too large.
    let (real, made) = (try normal(30, 3, seed: 1), try normal(60, 3, seed: 2))
    let reference = try PRDC(real: real, made: made)
    let other = try PRDC(real: real, made: made, formula: .nearestBall)
    #expect(abs(other.density - 2 * reference.density) < 1e-12)
    #expect(other.precision < reference.precision && other.recall < reference.recall)
    #expect(other.coverage == reference.coverage)
    #expect("\(other.formula)".contains("not the published"))
    #expect(reference.density > 0.7 && reference.density < 1.3)
    // An image beside a real one with a small ball, inside the large ball of another.
    let line = try set([[0], [0.1], [0.2], [1], [9]])
    let point = try set([[2.5], [2.6], [2.7], [2.8]])
    let wide = try PRDC(real: line, made: point, neighbours: 2)
    let narrow = try PRDC(real: line, made: point, neighbours: 2, formula: .nearestBall)
    #expect(wide.precision == 1 && narrow.precision == 0)
    #expect(throws: InversionError.self) { try PRDC(real: line, made: point, neighbours: 4) }
    #expect(throws: InversionError.self) { try PRDC(real: line, made: point, neighbours: 0) }
  }

  @Test("distances to the nearest image of the same person are squared and by person")
  func nearest() throws {
    let real = try set([[0, 0], [3, 4], [10, 0]], identities: [1, 1, 2])
    let made = try set([[3, 0], [10, 1], [0, 0]], identities: [1, 2, 2])
    #expect(areClose(try NearestDistances(real: real, made: made).values, [9, 1, 100], 1e-9))
    #expect(throws: InversionError.self) {
      try NearestDistances(real: real, made: self.set([[0, 0], [1, 1]], identities: [1, 3]))
    }
  }
}
