import Datasets
import Networks
import Torch

/// The images of an audit of a classifier: of its people to train on and to test with, of public people, and of a
/// third set for thresholds.
public struct ModelData: Sendable {
  /// What the attacker has.
  public let publicImages: Dataset
  /// What the target is trained on. The attacker has none of it.
  public let training: Dataset
  /// Other images of the same people, with the same labels: the ceiling, and what knowledge is measured on.
  public let test: Dataset
  /// What thresholds of verification are chosen on; nobody where there are fewer than two people.
  public let thresholdImages: Dataset?
  /// The private people by class, where they are drawn.
  public let people: [Int: PortraitIdentity]?
  /// Who is who.
  public let split: IdentitySplit?

  /// The data that a recipe asks for.
  ///
  /// - Throws: ``InversionError`` when people or images are in two sets or too few; `DatasetError`,
  ///   `ProceduralError`.
  public init(_ recipe: ModelRecipe) throws {
    let settings = recipe.data
    let source = try DatasetSource(settings.source)
    let pools =
      try settings.isPortraits
      ? Self.portraits(source, settings)
      : Self.images(source, settings, heldOut: recipe.heldOut, known: recipe.publicSource)
    let pad = settings.padding ?? 0
    let known = try settings.train.map { try pools.public.prefix($0) } ?? pools.public
    publicImages = try known.framed(by: pad)
    training = try pools.training.limited(toEach: settings.perPerson).framed(by: pad)
    test = try pools.test.limited(toEach: settings.perPerson).framed(by: pad)
    thresholdImages = try pools.threshold?.framed(by: pad)
    split = pools.split
    guard training.classNames == test.classNames else {
      throw InversionError.counts(
        first: "people to train on", count: training.classNames.count,
        second: "people to test with", otherCount: test.classNames.count)
    }
    try IdentitySplit.checkImages(
      [("the public set", publicImages), ("the private set", training), ("the test set", test)]
        + (thresholdImages.map { [("the threshold set", $0)] } ?? []))
    people = try settings.isPortraits ? Self.people(called: training.classNames, settings) : nil
  }

  private struct Pools {
    let `public`: Dataset
    let training: Dataset
    let test: Dataset
    let threshold: Dataset?
    let split: IdentitySplit?
  }

  private static func people(
    called names: [String], _ settings: ModelRecipe.Data
  ) throws -> [Int: PortraitIdentity] {
    let all = try TemplateData.people(called: names, settings)
    return Dictionary(uniqueKeysWithValues: zip(all.indices, all))
  }

  private static func portraits(
    _ source: DatasetSource, _ settings: ModelRecipe.Data
  ) throws -> Pools {
    func load(_ pool: PortraitPopulation.Pool, _ part: DatasetPart) throws -> Dataset {
      try settings.portraits(of: pool, part, from: source)
    }
    let (known, third) = (try load(.public, .train), try load(.public, .test))
    let (training, test) = (try load(.private, .train), try load(.private, .test))
    let apart = settings.thresholdIdentities ?? known.classNames.count / 6
    let split = try IdentitySplit(
      publicIdentities: settings.publicNames ?? known.classNames.dropLast(apart),
      privateIdentities: settings.privateNames
        ?? Array(training.classNames.prefix(settings.privateIdentities ?? .max)),
      thresholdIdentities: settings.thresholdNames ?? known.classNames.suffix(apart))
    return Pools(
      public: try known.restricted(toClasses: split.publicIdentities),
      training: try training.restricted(toClasses: split.privateIdentities),
      test: try test.restricted(toClasses: split.privateIdentities),
      threshold: try third.restricted(toClasses: split.thresholdIdentities), split: split)
  }

  /// Images from files: where there is no test part, the last images of every private person are kept from the
  /// target.
  ///
  /// - Parameter known: where public people are; among the private ones, by name, when `nil`.
  private static func images(
    _ source: DatasetSource, _ settings: ModelRecipe.Data, heldOut: Int?, known: String?
  ) throws -> Pools {
    let options = LoadOptions(seed: settings.drawSeed ?? 0, side: settings.side)
    let isWhole = source.parts == [.all]
    let all = try source.load(isWhole ? .all : .train, options: options)
    let test = try isWhole ? all : source.load(.test, options: options)
    guard all.inputShape.count == 3, all.range == 0...1, all.outputs == .classes else {
      throw InversionError.setting(
        name: "data.source", value: settings.source, allowed: "images of people or classes")
    }
    if let known {
      return try beside(DatasetSource(known), all, isWhole ? nil : test, settings, heldOut)
    }
    let people = try settings.people(of: all.classNames)
    let victims = try all.restricted(toClasses: people.private)
    let kept = try isWhole ? victims.heldOut(heldOut) : nil
    return Pools(
      public: try all.restricted(toClasses: people.public),
      training: kept?.rest ?? victims,
      test: try kept?.held ?? test.restricted(toClasses: people.private),
      threshold: people.threshold.isEmpty
        ? nil : try test.restricted(toClasses: people.threshold),
      split: people.split)
  }
}

extension ModelData {
  /// Private people of one source, and public ones of another, of whom the last are for thresholds.
  private static func beside(
    _ known: DatasetSource, _ victims: Dataset, _ test: Dataset?, _ settings: ModelRecipe.Data,
    _ heldOut: Int?
  ) throws -> Pools {
    let options = LoadOptions(seed: settings.drawSeed ?? 0, side: settings.side)
    let all = try known.load(known.parts == [.all] ? .all : .train, options: options)
    guard all.inputShape == victims.inputShape else {
      throw InversionError.imageShape(
        encoder: "the private people's model", shape: all.inputShape, expected: victims.inputShape)
    }
    let kept = try test == nil ? victims.heldOut(heldOut) : nil
    let apart = settings.thresholdIdentities ?? all.classNames.count / 6
    let split = try IdentitySplit(
      publicIdentities: settings.publicNames ?? all.classNames.dropLast(apart),
      privateIdentities: victims.classNames,
      thresholdIdentities: settings.thresholdNames ?? all.classNames.suffix(apart))
    return Pools(
      public: try all.restricted(toClasses: split.publicIdentities),
      training: kept?.rest ?? victims, test: kept?.held ?? test ?? victims,
      threshold: try all.restricted(toClasses: split.thresholdIdentities), split: split)
  }
}

extension TemplateRecipe.Data {
  /// Who is who of data that have no pools; nobody is for thresholds where `thresholdNames` is empty.
  ///
  /// - Throws: ``InversionError`` for sets that are too small or share people.
  func people(of names: [String]) throws(InversionError) -> (
    public: [String], private: [String], threshold: [String], split: IdentitySplit?
  ) {
    guard thresholdNames?.isEmpty == true else {
      let split = try split(of: names)
      return (
        split.publicIdentities, split.privateIdentities, split.thresholdIdentities, split
      )
    }
    let victims = privateNames ?? Array(names.suffix(privateIdentities ?? names.count / 2))
    let known = publicNames ?? names.filter { !victims.contains($0) }
    let shared = Set(victims).intersection(known).sorted()
    guard shared.isEmpty else {
      throw .sharedIdentities(shared, first: "public", second: "private")
    }
    for (name, people) in [("public", known), ("private", victims)]
    where Set(people).count < 2 {
      throw .tooFew("\(name) identities", count: Set(people).count, least: 2)
    }
    return (known, victims, [], nil)
  }
}

extension Dataset {
  /// The first examples of every class.
  func limited(toEach count: Int?) throws -> Dataset {
    guard let count else { return self }
    return try subset(places { place, _ in place < count })
  }

  /// The last examples of every class, and all others.
  ///
  /// - Parameter count: of each class; a third of its examples, rounded up, when `nil`.
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for a class without others.
  func heldOut(_ count: Int?) throws -> (rest: Dataset, held: Dataset) {
    let least = classCounts.min() ?? 0
    let apart = count ?? (least + 2) / 3
    guard apart < least else {
      throw InversionError.tooFew("images of a private person", count: least, least: apart + 1)
    }
    return (
      try subset(places { place, size in place < size - apart }),
      try subset(places { place, size in place >= size - apart })
    )
  }

  /// Positions of examples by their place in their class and the size of the class.
  private func places(_ isTaken: (_ place: Int, _ size: Int) -> Bool) -> [Int] {
    var seen: [Int: Int] = [:]
    let (labels, sizes) = (labelValues, classCounts)
    return labels.indices.filter { index in
      let place = seen[labels[index], default: 0]
      seen[labels[index]] = place + 1
      return isTaken(place, sizes[labels[index]])
    }
  }

  /// Images with a black frame.
  func framed(by pad: Int) throws -> Dataset {
    guard pad > 0 else { return self }
    return try Dataset(
      name: name, inputs: inputs.padded([pad, pad, pad, pad]), labels: labels,
      classNames: classNames, range: range, part: part)
  }
}
