import Foundation

/// Numbers of SciPy and statsmodels, as Scripts/fixtures/statistics_tests.py writes them.
struct ReferenceNumbers: Decodable {
  struct T: Decodable { let df, t, cdf: Double }
  struct Quantile: Decodable { let df, p, t: Double }
  struct Noncentral: Decodable { let df, nc, t, cdf: Double }
  struct Mean: Decodable {
    let x: [Double]
    let level, mean, sd, low, high: Double
  }
  struct Paired: Decodable {
    let a, b: [Double]
    let difference, sd, p, low, high, d: Double
    let g, permutation: Double?
  }
  struct Welch: Decodable {
    let a, b: [Double]
    let p, df, low, high: Double
  }
  struct McNemarCounts: Decodable {
    let b, c: Int
    let exact, mid: Double
    let corrected, plain: [Double]?
  }
  struct Multiple: Decodable { let p, holm, bh: [Double] }
  struct Power: Decodable {
    let n: Int
    let alpha, effect, power: Double
  }
  struct Detectable: Decodable {
    let n: Int
    let target, effect: Double
  }
  struct Count: Decodable {
    let effect, target: Double
    let n: Int
  }

  let t: [T]
  let tQuantiles: [Quantile]
  let noncentral: [Noncentral]
  let means: [Mean]
  let paired: [Paired]
  let welch: [Welch]
  let mcnemar: [McNemarCounts]
  let multiple: [Multiple]
  let power: [Power]
  let detectable: [Detectable]
  let counts: [Count]

  init() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/statistics/tests.json")
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }
}
