/// What a U-Net looks like, whatever the images.
public struct UNetSettings: Sendable, Codable, Equatable {
  /// The two families of U-Nets there are.
  public enum Layout: String, Sendable, Codable, CaseIterable {
    /// DDPM++ (Song et al., ICLR 2021): the embedding is added, attention has one head.
    case song
    /// ADM (Dhariwal and Nichol, NeurIPS 2021): the embedding scales and shifts, heads have 64
    /// channels.
    case adm
  }

  /// The family.
  public var layout = Layout.song
  /// The side of the patches whose pixels become channels before the first layer: 1 for none.
  public var patch = 1
  /// The channels of the first layer; a multiple of 4.
  public var width = 32
  /// The channels of every level, in multiples of ``width``; each level halves the sides of the one
  /// before.
  public var multipliers = [1, 2]
  /// Blocks a level on the way down; on the way up it is one more.
  public var blocks = 1
  /// The sides, counted in patches, at which blocks have attention.
  public var attention: [Int] = []
  /// The share of units that are dropped while training.
  public var dropout = 0.0
  /// The size of the embedding of noise level and condition, in multiples of ``width``.
  public var embeddingMultiplier = 4
  /// The hidden units through which conditions go; they enter in a straight line when `nil`.
  public var conditionHidden: Int?

  /// The defaults.
  public init() {}

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
      try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
    }
    layout = try read(.layout, layout)
    patch = try read(.patch, patch)
    width = try read(.width, width)
    multipliers = try read(.multipliers, multipliers)
    blocks = try read(.blocks, blocks)
    attention = try read(.attention, attention)
    dropout = try read(.dropout, dropout)
    embeddingMultiplier = try read(.embeddingMultiplier, embeddingMultiplier)
    conditionHidden = try fields.decodeIfPresent(Int.self, forKey: .conditionHidden)
  }

  /// Checks the settings.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` for the first that is out of range.
  public func validate() throws(DiffusionError) {
    for (name, value) in [
      ("patch", patch), ("blocks", blocks), ("embeddingMultiplier", embeddingMultiplier),
      ("conditionHidden", conditionHidden ?? 1),
    ] {
      try DiffusionError.require(1...65_536 ~= value, name, value, "at least 1")
    }
    try DiffusionError.require(
      width >= 4 && width % 4 == 0 && width <= 65_536, "width", width, "a multiple of 4")
    try DiffusionError.require(
      !multipliers.isEmpty && multipliers.allSatisfy { 1...1024 ~= $0 }, "multipliers",
      multipliers, "at least one number from 1 to 1024")
    try DiffusionError.require(0..<1 ~= dropout, "dropout", dropout, "at least 0 and below 1")
  }

  /// Checks that the settings suit images, `[C, H, W]`.
  ///
  /// - Throws: ``DiffusionError`` for images that are not square or cannot be halved often enough,
  ///   and for groups and heads that do not divide channels.
  public func validate(for imageShape: [Int]) throws(DiffusionError) {
    try validate()
    guard imageShape.count == 3, imageShape[1] == imageShape[2], imageShape.allSatisfy({ $0 > 0 })
    else {
      let (channels, side) = (imageShape.first ?? 1, imageShape.last ?? 1)
      throw .images(
        name: "the data", shape: imageShape, expected: [max(1, channels), side, side])
    }
    let side = imageShape[1]
    let halvings = multipliers.count - 1
    guard halvings < 16, side % patch == 0, (side / patch) % (1 << halvings) == 0 else {
      throw .side(side, patch: patch, levels: multipliers.count)
    }
    let sides = multipliers.indices.map { (side / patch) >> $0 }
    for side in attention {
      try DiffusionError.require(
        sides.contains(side), "attention", side,
        "one of \(sides.map(String.init).joined(separator: ", "))")
    }
    try UNetPlan(self, imageShape: imageShape).validate()
  }
}
