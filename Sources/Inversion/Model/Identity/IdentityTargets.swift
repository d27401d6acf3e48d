import Datasets
import Diffusion
import Networks
import Torch

/// What reconstructions of each class should look like to an encoder, and where that is known from.
///
/// No loss moves it: a target that an identity loss could move would come to where the image is, and ask nothing
/// of it.
public struct IdentityTargets {
  /// Where it is known from.
  public let source: IdentitySource
  private let rows: () -> Tensor

  private init(_ source: IdentitySource, rows: Tensor) {
    self.init(source) { rows }
  }

  private init(_ source: IdentitySource, rows: @escaping () -> Tensor) {
    self.source = source
    self.rows = rows
  }

  /// The vectors `[C, D]`, of length 1, without history.
  public var vectors: Tensor { rows().detached().unitRows() }

  /// The weights of each class in the last layer of a white box, `W_y / ‖W_y‖`; the space is that of the
  /// target's features.
  ///
  /// - Parameter weights: `[C, D]`.
  /// - Throws: ``InversionError`` for weights that have no direction.
  public static func classWeights(_ weights: Tensor) throws(InversionError) -> IdentityTargets {
    try check(weights, "the last layer of the target")
    return IdentityTargets(.classWeight, rows: weights.detached())
  }

  /// The mean templates of public look-alikes.
  ///
  /// - Parameters:
  ///   - data: public images, whose classes are people.
  ///   - chosen: for each class of the target the positions of its look-alikes in the data.
  ///   - encoder: the attack's.
  ///   - publicIdentities: who is public, by name.
  ///   - privateData: the images that must not be among the look-alikes, whatever people are called.
  /// - Throws: ``InversionError/privateIdentity(source:people:)`` when a look-alike is not of a public person,
  ///   ``InversionError/sharedImages(count:first:second:)`` when it is a private image; what the encoder throws.
  public static func lookAlikes(
    in data: Dataset, chosen: [[Int]], encoder: any TemplateEncoder,
    publicIdentities: [String], privateData: Dataset?
  ) throws -> IdentityTargets {
    let places = Set(chosen.flatMap(\.self)).sorted()
    if let place = places.first(where: { !(0..<data.count ~= $0) }) {
      throw InversionError.setting(
        name: "look-alike", value: "\(place)", allowed: "from 0 to \(data.count - 1)")
    }
    let images = data.batch(places)
    let people = Set(images.labels.values(as: Int.self).map { data.classNames[$0] })
    let others = people.subtracting(publicIdentities).sorted()
    guard others.isEmpty else {
      throw InversionError.privateIdentity(source: "look-alikes", people: others)
    }
    if let privateData {
      try IdentitySplit.checkImages([
        ("the look-alikes", data.subset(places)), ("the private set", privateData),
      ])
    }
    let templates = try encoder.checkedTemplates(of: images.inputs).unitRows()
    let order = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
    let means = try chosen.enumerated().map { index, chosen in
      guard !chosen.isEmpty else {
        throw InversionError.tooFew("look-alikes of class \(index)", count: 0, least: 1)
      }
      return templates.selecting(rows: chosen.compactMap { order[$0] }).mean(along: 0)
    }
    guard !means.isEmpty else { throw InversionError.tooFew("classes", count: 0, least: 1) }
    let rows = Tensor.stacked(means)
    try check(rows, "the look-alikes")
    return IdentityTargets(.publicLookAlikes, rows: rows)
  }

  /// The vectors of a prior's classes as they are at the time, which its denoising error moves.
  public static func learned(_ classes: ClassVectors) -> IdentityTargets {
    IdentityTargets(.learned) { classes.weight }
  }

  /// The vectors of some classes, `[B, D]`.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for a class that there is not.
  public func vectors(of classes: [Int]) throws(InversionError) -> Tensor {
    let all = vectors
    let count = all.size(0)
    if let other = classes.first(where: { !(0..<count ~= $0) }) {
      throw .setting(name: "class", value: "\(other)", allowed: "from 0 to \(count - 1)")
    }
    return all.selecting(rows: classes)
  }

  private static func check(_ rows: Tensor, _ name: String) throws(InversionError) {
    guard rows.rank == 2 else {
      throw .templateShape(encoder: name, shape: rows.shape, images: [])
    }
    let lengths = rows.detached().to(.float64).norm(along: [1]).values(as: Double.self)
    for (index, length) in lengths.enumerated() {
      guard length.isFinite else { throw .notFinite(encoder: name, index: index) }
      guard length > 0 else { throw .zeroTemplate(encoder: name, index: index) }
    }
  }
}
