import Datasets
import Networks
import Torch

/// The images of an audit of templates: public, private, and for thresholds, of people who have nobody in
/// common.
public struct TemplateData: Sendable {
  /// What the attacker learns from.
  public let publicImages: Dataset
  /// Whose templates are stolen.
  public let privateImages: Dataset
  /// What thresholds are chosen on.
  public let thresholdImages: Dataset
  /// The private people by the numbers of their labels, where they are drawn.
  public let people: [PortraitIdentity]?
  private let targetsEach: Int

  /// The data that settings ask for.
  ///
  /// - Throws: ``InversionError`` when people or images are in two sets or too few; `DatasetError`,
  ///   `ProceduralError`.
  public init(_ settings: TemplateRecipe.Data) throws {
    let source = try DatasetSource(settings.source)
    let pools =
      try settings.isPortraits
      ? Self.portraits(source, settings) : Self.images(source, settings)
    let pad = settings.padding ?? 0
    publicImages = try (settings.train.map { try pools.public.prefix($0) } ?? pools.public)
      .framed(by: pad)
    privateImages = try pools.private.limited(toEach: settings.perPerson).framed(by: pad)
    thresholdImages = try pools.threshold.limited(toEach: settings.perPerson).framed(by: pad)
    try IdentitySplit.checkImages([
      ("the public set", publicImages), ("the private set", privateImages),
      ("the threshold set", thresholdImages),
    ])
    people =
      try settings.isPortraits
      ? Self.people(called: privateImages.classNames, settings) : nil
    targetsEach = settings.targets ?? 1
  }

  /// Private people of portraits in the order of names.
  static func people(
    called names: [String], _ settings: TemplateRecipe.Data
  ) throws -> [PortraitIdentity] {
    var options = settings.portraits ?? PortraitOptions()
    options.pool = .private
    let portraits = try options.portraits()
    let all = try portraits.population(seed: settings.drawSeed ?? 0).privateIdentities
    let known = portraits.classNames
    return names.compactMap { name in known.firstIndex(of: name).map { all[$0] } }
  }

  private typealias Pools = (public: Dataset, private: Dataset, threshold: Dataset)

  /// Public people from the public pool without its last ones, on whom thresholds are chosen.
  private static func portraits(
    _ source: DatasetSource, _ settings: TemplateRecipe.Data
  ) throws -> Pools {
    func load(_ pool: PortraitPopulation.Pool, _ part: DatasetPart) throws -> Dataset {
      try settings.portraits(of: pool, part, from: source)
    }
    let (pool, third) = (try load(.public, .train), try load(.public, .test))
    var victims = try load(.private, .test)
    if let count = settings.privateIdentities {
      victims = try victims.restricted(toClasses: Array(victims.classNames.prefix(count)))
    }
    let apart = settings.thresholdIdentities ?? pool.classNames.count / 6
    let split = try IdentitySplit(
      publicIdentities: settings.publicNames ?? pool.classNames.dropLast(apart),
      privateIdentities: settings.privateNames ?? victims.classNames,
      thresholdIdentities: settings.thresholdNames ?? pool.classNames.suffix(apart))
    return (
      try pool.restricted(toClasses: split.publicIdentities),
      try victims.restricted(toClasses: split.privateIdentities),
      try third.restricted(toClasses: split.thresholdIdentities)
    )
  }

  /// Public images from the training part where there is one, all others from the test part.
  private static func images(
    _ source: DatasetSource, _ settings: TemplateRecipe.Data
  ) throws -> Pools {
    let options = LoadOptions(seed: settings.drawSeed ?? 0, side: settings.side)
    let isWhole = source.parts == [.all]
    let training = try source.load(isWhole ? .all : .train, options: options)
    let test = try isWhole ? training : source.load(.test, options: options)
    guard training.inputShape.count == 3, training.range == 0...1, training.outputs == .classes
    else {
      throw InversionError.setting(
        name: "data.source", value: settings.source, allowed: "images of people or classes")
    }
    let split = try settings.split(of: training.classNames)
    return (
      try training.restricted(toClasses: split.publicIdentities),
      try test.restricted(toClasses: split.privateIdentities),
      try test.restricted(toClasses: split.thresholdIdentities)
    )
  }

  /// The stolen images, the first of every private person, and all others of these people.
  ///
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for a person of whom there is no other image.
  public func targets() throws -> TemplateTargets {
    var seen: [Int: Int] = [:]
    let labels = privateImages.labelValues
    let isStolen = labels.map { label in
      seen[label, default: 0] += 1
      return seen[label, default: 0] <= targetsEach
    }
    let stolen = labels.indices.filter { isStolen[$0] }
    let rest = labels.indices.filter { !isStolen[$0] }
    let images = Self.images(of: privateImages)
    return try TemplateTargets(
      images: images.selecting(rows: stolen), identities: stolen.map { labels[$0] },
      others: images.selecting(rows: rest), otherIdentities: rest.map { labels[$0] })
  }

  /// All images of a set, `[N, C, H, W]` in 0...1.
  public static func images(of data: Dataset) -> Tensor {
    data.batch(Array(0..<data.count)).inputs
  }
}
