import Torch

/// Faces drawn from an identity and from the circumstances of the picture, both known exactly.
///
/// An identity has 14 continuous traits, uniform in [-1, 1], and may wear glasses and a beard, each
/// with probability 0.35. A picture has a yaw, a roll, an expression, a direction of light and a
/// background, drawn anew for each example as ``PortraitNuisance`` says, and pixel noise of deviation
/// `noise` (a sum of four uniform numbers, clipped to [0, 1]). Labels are the places of the people in
/// their pool; in one pool, examples to train and to test on show the same people in other pictures.
public struct Portraits: ProceduralSet {
  /// "portraits".
  public static let name = "portraits"

  /// How many people are in the private pool.
  public let privateIdentities: Int
  /// How many people are in the public pool.
  public let publicIdentities: Int
  /// The pool that examples are drawn from.
  public let pool: PortraitPopulation.Pool
  /// The side of the image, in pixels.
  public let size: Int
  /// Whether images have three channels (red, green, blue) instead of one.
  public let isColor: Bool
  /// The smallest distance between two identities, of the same pool or not.
  public let minimumDistance: Double
  /// The largest yaw, in radians.
  public let yaw: Double
  /// The largest roll, in radians.
  public let roll: Double
  /// The strongest expression, from 0 to 1.
  public let expression: Double
  /// How far the light moves aside, from 0 to 1.
  public let light: Double
  /// The standard deviation of the pixel noise.
  public let noise: Double

  /// What is known about one portrait.
  public struct Truth: Sendable, Equatable {
    /// Who it shows.
    public let identity: PortraitIdentity
    /// How it was taken.
    public let nuisance: PortraitNuisance

    /// Properties that one can see, in the order of ``Portraits/attributeNames``.
    public var attributes: [Bool] {
      [
        identity.hasGlasses, identity.hasBeard, nuisance.expression > 0.25,
        identity[.skin] > 0, identity[.hairTone] > 0, identity[.hairline] > 0,
        identity[.faceWidth] > 0, identity[.faceLength] > 0, identity[.browThickness] > 0,
      ]
    }
  }

  /// The names of the attributes of each portrait, several of which may hold at once.
  public static let attributeNames = [
    "glasses", "beard", "smile", "lightSkin", "lightHair", "highForehead", "wideFace", "longFace",
    "thickBrows",
  ]

  /// The settings.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for a setting that
  ///   is out of range.
  public init(
    privateIdentities: Int = 100, publicIdentities: Int = 500,
    pool: PortraitPopulation.Pool = .private, size: Int = 32, isColor: Bool = false,
    minimumDistance: Double = 1.5, yaw: Double = 0.5, roll: Double = 0.15, expression: Double = 1,
    light: Double = 0.8, noise: Double = 0.03
  ) throws(ProceduralError) {
    let set = Self.name
    for (name, count) in [
      ("number of private identities", privateIdentities),
      ("number of public identities", publicIdentities),
    ] {
      try require((1...10_000).contains(count), set, name, count, "between 1 and 10000")
    }
    try require((16...256).contains(size), set, "size", size, "between 16 and 256 pixels")
    for (name, value, bound) in [
      ("minimum distance", minimumDistance, 7.5), ("yaw", yaw, 0.8), ("roll", roll, .pi),
      ("expression", expression, 1), ("light", light, 1), ("noise", noise, 10),
    ] {
      try require((0...bound).contains(value), set, name, value, "between 0 and \(bound)")
    }
    self.privateIdentities = privateIdentities
    self.publicIdentities = publicIdentities
    self.pool = pool
    self.size = size
    self.isColor = isColor
    self.minimumDistance = minimumDistance
    self.yaw = yaw
    self.roll = roll
    self.expression = expression
    self.light = light
    self.noise = noise
  }

  /// [1, size, size], or [3, size, size] in colour.
  public var exampleShape: [Int] { [isColor ? 3 : 1, size, size] }

  /// "private 0", "private 1" and so on, or the same with "public".
  public var classNames: [String] {
    (0..<(pool == .private ? privateIdentities : publicIdentities)).map {
      "\(pool.rawValue) \($0)"
    }
  }

  /// The people of both pools.
  ///
  /// - Throws: ``ProceduralError/identitiesTooClose(placed:wanted:minimumDistance:)`` when they
  ///   cannot be kept apart.
  public func population(seed: UInt64) throws(ProceduralError) -> PortraitPopulation {
    try PortraitPopulation(
      privateCount: privateIdentities, publicCount: publicIdentities,
      minimumDistance: minimumDistance, seed: seed)
  }

  /// Draws portraits of the people of the pool; see ``ProceduralSet/draw(_:seed:part:)``.
  ///
  /// - Throws: ``ProceduralError`` when the count is negative or too large, or when the identities
  ///   cannot be kept apart.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<Truth> {
    let people = try population(seed: seed)[pool]
    let streams = ProceduralStreams(set: "\(Self.name).\(pool.rawValue)", seed: seed, part: part)
    return try streams.draw(count, shape: exampleShape) { index, pixels in
      let label = streams.label(index, classes: people.count)
      var stream = streams.example(index)
      let nuisance = PortraitNuisance(
        drawnFrom: &stream, yaw: yaw, roll: roll, expression: expression, light: light)
      render(people[label], nuisance, into: pixels)
      stream.addNoise(to: pixels, deviation: Float(noise))
      return (label, Truth(identity: people[label], nuisance: nuisance))
    }
  }

  /// Draws one picture without noise.
  ///
  /// - Returns: the pixels, of the shape ``exampleShape``, in [0, 1].
  public func picture(of identity: PortraitIdentity, _ nuisance: PortraitNuisance) -> [Float] {
    let count = exampleShape.reduce(1, *)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      let pixels = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      pixels.initialize(repeating: 0)
      render(identity, nuisance, into: pixels)
      for index in pixels.indices { pixels[index] = min(max(pixels[index], 0), 1) }
      initialized = count
    }
  }

  private func render(
    _ identity: PortraitIdentity, _ nuisance: PortraitNuisance,
    into pixels: UnsafeMutableBufferPointer<Float>
  ) {
    let renderer = PortraitRenderer(identity: identity, nuisance: nuisance, size: size)
    let area = size * size
    for row in 0..<size {
      for column in 0..<size {
        let point = SIMD2(
          (2 * Float(column) + 1) / Float(size) - 1, (2 * Float(row) + 1) / Float(size) - 1)
        let color = renderer.color(at: point)
        let place = row * size + column
        if isColor {
          for channel in 0..<3 { pixels[channel * area + place] = color[channel] }
        } else {
          // Luma of ITU-R BT.601.
          pixels[place] = 0.299 * color.x + 0.587 * color.y + 0.114 * color.z
        }
      }
    }
  }
}
