import Foundation

/// Regularisation paths between pairs of classes as data: what a recipe says.
public struct TiltRecipe: Sendable, Codable, Equatable {
  /// The data.
  public struct Data: Sendable, Codable, Equatable {
    /// A path, or the name of a procedural set.
    public var source: String
    /// How many training examples of each class are used, from the first on; all when `nil`.
    public var perClass: Int?
    /// How many test examples are used; all when `nil`.
    public var test: Int?

    /// Data from a place.
    public init(source: String, perClass: Int? = nil, test: Int? = nil) {
      self.source = source
      self.perClass = perClass
      self.test = test
    }
  }

  /// The levels of regularisation: powers of ten.
  public struct Levels: Sendable, Codable, Equatable {
    /// The exponent of the strongest.
    public var from: Double
    /// The exponent of the weakest.
    public var to: Double
    /// Levels in a factor of ten.
    public var perDecade: Int

    /// The 81 levels of the article when nothing else is said.
    public init(from: Double = 2, to: Double = -6, perDecade: Int = 10) {
      self.from = from
      self.to = to
      self.perDecade = perDecade
    }

    /// Reads levels; what is absent is the article's.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      from = try fields.decodeIfPresent(Double.self, forKey: .from) ?? 2
      to = try fields.decodeIfPresent(Double.self, forKey: .to) ?? -6
      perDecade = try fields.decodeIfPresent(Int.self, forKey: .perDecade) ?? 10
    }
  }

  /// The data.
  public var data: Data
  /// Pairs of class numbers such as `2,3`; all pairs when empty.
  public var pairs: [String]
  /// The loss: hinge, softplus or squared.
  public var loss: LinearLoss
  /// The levels of lambda.
  public var lambda: Levels
  /// The relative duality gap of every level.
  public var tolerance: Double
  /// The seed of the division of data that has no test part.
  public var seed: UInt64

  /// A recipe from its parts.
  public init(
    data: Data, pairs: [String] = [], loss: LinearLoss = .hinge, lambda: Levels = Levels(),
    tolerance: Double = 1e-6, seed: UInt64 = 0
  ) {
    self.data = data
    self.pairs = pairs
    self.loss = loss
    self.lambda = lambda
    self.tolerance = tolerance
    self.seed = seed
  }

  /// Reads a recipe; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      data: try fields.decode(Data.self, forKey: .data),
      pairs: try fields.decodeIfPresent([String].self, forKey: .pairs) ?? [],
      loss: try fields.decodeIfPresent(LinearLoss.self, forKey: .loss) ?? .hinge,
      lambda: try fields.decodeIfPresent(Levels.self, forKey: .lambda) ?? Levels(),
      tolerance: try fields.decodeIfPresent(Double.self, forKey: .tolerance) ?? 1e-6,
      seed: try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0)
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: ``LinearGeometryError`` for the first setting that cannot be.
  public func validate() throws {
    _ = try grid()
    for pair in pairs { _ = try Self.classes(of: pair) }
    guard loss != .zeroOne else {
      throw LinearGeometryError.setting(
        name: "loss", value: "zeroOne", allowed: "hinge, softplus or squared")
    }
    guard tolerance > 0, tolerance < 1 else {
      throw LinearGeometryError.setting(
        name: "tolerance", value: "\(tolerance)", allowed: "a number between 0 and 1")
    }
    for (name, count) in [("data.perClass", data.perClass), ("data.test", data.test)] {
      if let count, count < 1 {
        throw LinearGeometryError.setting(name: name, value: "\(count)", allowed: "at least 1")
      }
    }
  }

  /// The levels of regularisation.
  ///
  /// - Throws: ``LinearGeometryError`` for exponents that cannot be.
  public func grid() throws(LinearGeometryError) -> LambdaGrid {
    try LambdaGrid(from: lambda.from, to: lambda.to, perDecade: lambda.perDecade)
  }

  /// The pairs of data with so many classes.
  ///
  /// - Throws: ``LinearGeometryError`` for a pair that is none.
  public func classPairs(of classCount: Int) throws(LinearGeometryError) -> [(Int, Int)] {
    guard !pairs.isEmpty else { return ClassPairs.all(of: classCount) }
    var result: [(Int, Int)] = []
    for pair in pairs { result.append(try Self.classes(of: pair)) }
    return result
  }

  private static func classes(of pair: String) throws(LinearGeometryError) -> (Int, Int) {
    let numbers = pair.split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    guard numbers.count == 2, let first = numbers[0], let second = numbers[1], first >= 0,
      second >= 0, first != second
    else {
      throw .setting(
        name: "the pair", value: pair, allowed: "two different class numbers, such as 2,3")
    }
    return (first, second)
  }
}
