import Datasets

extension TemplateRecipe {
  /// Who is public, private, and who thresholds are chosen on.
  public struct Data: Sendable, Codable, Equatable {
    /// A path, or `portraits`, which has a pool of private people and one of public ones.
    public var source: String
    /// Who is drawn and how, of portraits; the pools are chosen here.
    public var portraits: PortraitOptions?
    /// The public people by name; all who are neither private nor for thresholds when `nil`.
    public var publicNames: [String]?
    /// The private people by name; by ``privateIdentities`` when `nil`.
    public var privateNames: [String]?
    /// The people for thresholds by name; by ``thresholdIdentities`` when `nil`.
    public var thresholdNames: [String]?
    /// How many people are private, the last ones before those for thresholds; of portraits the private pool.
    public var privateIdentities: Int?
    /// How many people thresholds are chosen on, the last ones.
    public var thresholdIdentities: Int?
    /// How many public images are used, the first ones; all when `nil`.
    public var train: Int?
    /// How many images of each private person and each one for thresholds are used; all when `nil`.
    public var perPerson: Int?
    /// How many templates of each private person are stolen; 1 when `nil`.
    public var targets: Int?
    /// The pixels of a side of the middle square that images in files are reduced to.
    public var side: Int?
    /// How many black pixels are put round images, such as 2 for digits of 28 pixels a side; none when `nil`.
    public var padding: Int?
    /// What portraits are drawn from; 0 when `nil`.
    public var drawSeed: UInt64?

    /// Data of a source, as they come.
    public init(source: String) { self.source = source }

    /// Whether people are drawn whose traits are known.
    public var isPortraits: Bool { source == Portraits.name }

    func validate() throws {
      for (name, count) in [
        ("privateIdentities", privateIdentities), ("thresholdIdentities", thresholdIdentities),
        ("train", train), ("perPerson", perPerson), ("targets", targets),
      ] {
        if let count, count < 1 {
          throw InversionError.setting(
            name: "data.\(name)", value: "\(count)", allowed: "at least 1")
        }
      }
      guard 0...256 ~= padding ?? 0 else {
        throw InversionError.setting(
          name: "data.padding", value: "\(padding ?? 0)", allowed: "from 0 to 256")
      }
      try portraits?.validate(source: source)
      if let pool = portraits?.pool {
        throw InversionError.setting(
          name: "data.portraits.pool", value: pool.rawValue,
          allowed: "left out: the attack learns from the public pool and is judged on the private")
      }
    }

    /// Portraits of a pool, of a source of such.
    ///
    /// - Throws: `DatasetError`, `ProceduralError`.
    func portraits(
      of pool: PortraitPopulation.Pool, _ part: DatasetPart, from source: DatasetSource
    ) throws -> Dataset {
      var options = portraits ?? PortraitOptions()
      options.pool = pool
      return try source.load(
        part, options: LoadOptions(seed: drawSeed ?? 0, portraits: options))
    }

    /// The sets of people of data that have no pools.
    ///
    /// - Throws: ``InversionError`` for sets that are too small or share people.
    func split(of names: [String]) throws(InversionError) -> IdentitySplit {
      let third = thresholdNames ?? Array(names.suffix(thresholdIdentities ?? names.count / 4))
      let others = names.filter { !third.contains($0) }
      let victims = privateNames ?? Array(others.suffix(privateIdentities ?? names.count / 4))
      // A person who is named in two sets stays in both, so that the split refuses.
      return try IdentitySplit(
        publicIdentities: publicNames ?? others.filter { !victims.contains($0) },
        privateIdentities: victims, thresholdIdentities: third)
    }
  }
}
