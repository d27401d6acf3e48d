/// Who is on drawn portraits and how large they are, where it is not as ``Portraits`` has it by itself.
public struct PortraitOptions: Sendable, Equatable, Codable {
  /// Whose portraits; the private pool's when `nil`.
  public var pool: PortraitPopulation.Pool?
  /// How many people are in the private pool; 100 when `nil`.
  public var privateIdentities: Int?
  /// How many people are in the public pool; 500 when `nil`.
  public var publicIdentities: Int?
  /// The side of the pictures in pixels; 32 when `nil`.
  public var size: Int?
  /// Whether pictures have colours; grey when `nil`.
  public var color: Bool?
  /// The smallest distance between two identities; 1.5 when `nil`.
  public var minimumDistance: Double?
  /// How many pictures of each person are for training; as many as there are examples to draw when `nil`.
  public var train: Int?
  /// How many pictures of each person are for testing; as many as there are examples to draw when `nil`.
  public var test: Int?

  /// Options; what is `nil` has its default.
  public init(
    pool: PortraitPopulation.Pool? = nil, privateIdentities: Int? = nil,
    publicIdentities: Int? = nil, size: Int? = nil, color: Bool? = nil,
    minimumDistance: Double? = nil, train: Int? = nil, test: Int? = nil
  ) {
    self.pool = pool
    self.privateIdentities = privateIdentities
    self.publicIdentities = publicIdentities
    self.size = size
    self.color = color
    self.minimumDistance = minimumDistance
    self.train = train
    self.test = test
  }

  /// The set.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for an option that is
  ///   out of range.
  public func portraits() throws(ProceduralError) -> Portraits {
    for (name, count) in [
      ("number of training pictures", train), ("number of test pictures", test),
    ] {
      guard let count else { continue }
      try require((1...10_000).contains(count), Portraits.name, name, count, "from 1 to 10000")
    }
    return try Portraits(
      privateIdentities: privateIdentities ?? 100, publicIdentities: publicIdentities ?? 500,
      pool: pool ?? .private, size: size ?? 32, isColor: color ?? false,
      minimumDistance: minimumDistance ?? 1.5)
  }

  /// Checks all options.
  ///
  /// - Parameter source: what they are given for.
  /// - Throws: `DatasetError` (badSetting) for another source than portraits; ``ProceduralError``.
  public func validate(source: String) throws {
    guard source == Portraits.name else {
      throw DatasetError(
        .badSetting, in: "data.portraits", "is given for the source \(source)",
        remedy: "leave it out, or choose the source \(Portraits.name)")
    }
    _ = try portraits()
  }

  /// Draws a part.
  func dataset(
    count: Int?, seed: UInt64, part: ProceduralPart, standard: (train: Int, test: Int)
  ) throws -> Dataset {
    let set = try portraits()
    let each = (part == .train ? train : test).map { $0 * set.classNames.count }
    return try set.dataset(
      count: count ?? each ?? (part == .train ? standard.train : standard.test), seed: seed,
      part: part)
  }
}
