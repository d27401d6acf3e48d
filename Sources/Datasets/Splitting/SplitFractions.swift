/// How much of a data set each part of a split gets.
public struct SplitFractions: Sendable, Equatable, Codable {
  /// The share of the training part, in 0...1.
  public let train: Double
  /// The share of the validation part, in 0...1.
  public let validation: Double
  /// The share of the test part, in 0...1.
  public let test: Double

  /// Shares that are not negative and add up to 1.
  ///
  /// - Throws: `DatasetError` (badSetting).
  public init(train: Double, validation: Double = 0, test: Double) throws {
    let shares = [train, validation, test]
    guard shares.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(shares.reduce(-1, +)) < 1e-9 else {
      throw DatasetError(
        .badSetting, in: "split",
        "the fractions \(train), \(validation) and \(test) do not add up to 1",
        remedy: "give shares from 0 to 1 that add up to 1")
    }
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// The sizes of the three parts for `count` examples: rounded down, then what is left goes to the
  /// parts with the largest remainders, so that the sizes add up and each is less than 1 off.
  func sizes(of count: Int) -> [Int] {
    let exact = [train, validation, test].map { $0 * Double(count) }
    // A product such as 0.1 * 30 may land a hair below the whole number that it means.
    var sizes = exact.map { Int(($0 + 1e-9).rounded(.down)) }
    let order = [0, 1, 2].sorted {
      (exact[$0] - Double(sizes[$0]), $1) > (exact[$1] - Double(sizes[$1]), $0)
    }
    for part in order where sizes.reduce(0, +) < count { sizes[part] += 1 }
    return sizes
  }
}
