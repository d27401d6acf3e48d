import Foundation
import Networks
import Statistics
import Torch

/// Judges reconstructions of stolen templates by a recognition system: the success attack rate at several
/// false match rates, between what real images of the person reach and what strangers reach anyway.
///
/// Type I compares a reconstruction with the very image that the template comes from, type II with other
/// images of the person (Mai et al., TPAMI 2019). Rates are means over people; intervals draw people with
/// replacement, at fixed thresholds.
public struct TemplateEvaluation: Sendable {
  /// The system that is to accept.
  public let system: any TemplateEncoder
  /// Whose templates were stolen.
  public let targets: TemplateTargets
  /// From which score on the system accepts.
  public let thresholds: SystemThresholds
  /// The stolen templates, `[P, D]`, as the system made them.
  public let templates: Tensor
  private let otherTemplates: Tensor
  private let bootstrap: Bootstrap
  private let seed: UInt64

  /// An evaluation.
  ///
  /// - Parameters:
  ///   - bootstrap: how intervals are made.
  ///   - seed: of the bootstrap and of draws of strangers.
  /// - Throws: ``InversionError`` for templates that cannot be compared, what the encoder throws.
  public init(
    _ system: any TemplateEncoder, targets: TemplateTargets, thresholds: SystemThresholds,
    bootstrap: Bootstrap = Bootstrap(resamples: 2000), seed: UInt64 = 0
  ) throws {
    self.system = system
    self.targets = targets
    self.thresholds = thresholds
    self.bootstrap = bootstrap
    self.seed = seed
    templates = try system.checkedTemplates(of: targets.images)
    otherTemplates = try system.checkedTemplates(of: targets.others)
  }

  /// How reconstructions fare.
  ///
  /// - Throws: ``InversionError`` for a target that does not exist or has no reconstruction, what the encoder
  ///   throws.
  public func row(_ name: String, _ images: Reconstructions) throws -> TemplateRow {
    if let place = images.targets.first(where: { !(0..<targets.count ~= $0) }) {
      throw InversionError.setting(
        name: "target", value: "\(place)", allowed: "from 0 to \(targets.count - 1)")
    }
    guard Set(images.targets).count == targets.count else {
      throw InversionError.tooFew(
        "targets with a reconstruction", count: Set(images.targets).count, least: targets.count)
    }
    return try row(
      name, system.checkedTemplates(of: images.images), of: images.targets,
      selection: images.selection, hasTypeOne: true)
  }

  /// What real images of the people reach: the rate at which the system accepts whom it should.
  public func genuine() throws -> TemplateRow {
    try row(
      "genuine", templates, of: Array(0..<targets.count), selection: .all, hasTypeOne: false)
  }

  /// What images of random strangers reach.
  ///
  /// - Parameters:
  ///   - public: images of strangers, `[M, C, H, W]`.
  ///   - draws: how many strangers are tried for each target.
  /// - Throws: ``InversionError``, what the encoder throws.
  public func randomPublic(_ public: Tensor, draws: Int = 20) throws -> TemplateRow {
    let strangers = try system.checkedTemplates(of: `public`)
    let places = Array(0..<targets.count).flatMap { target in
      var stream = RandomStream(
        seed: seed, purpose: "template.random-public", index: UInt64(target))
      return (0..<max(1, draws)).map { _ in Int.random(in: 0..<strangers.size(0), using: &stream) }
    }
    let targets = (0..<targets.count).flatMap { Array(repeating: $0, count: max(1, draws)) }
    return try row(
      "random public", strangers.selecting(rows: places), of: targets, selection: .all,
      hasTypeOne: true)
  }

  /// What the stranger reaches whose template is most like the stolen one: the cheapest attack, which
  /// makes nothing and needs only pictures of many people.
  ///
  /// - Parameter public: images of strangers, `[M, C, H, W]`.
  /// - Throws: ``InversionError``, what the encoder throws.
  public func nearestPublic(_ public: Tensor) throws -> TemplateRow {
    let strangers = try system.checkedTemplates(of: `public`)
    let scores = templates.to(.float64).unitRows().linear(strangers.to(.float64).unitRows())
    let nearest = scores.argmax(along: 1).values(as: Int.self)
    return try row(
      "nearest public", strangers.selecting(rows: nearest), of: Array(0..<targets.count),
      selection: .best(of: strangers.size(0), by: system.name), hasTypeOne: true)
  }

  /// By how much one row is above another, person by person.
  ///
  /// - Parameter rate: a false match rate that there is a threshold for.
  /// - Throws: `StatisticsError` for rows of other people;
  ///   ``InversionError/setting(name:value:allowed:)`` for another rate.
  public func lift(
    of row: TemplateRow, over other: TemplateRow, atFalseMatchRate rate: Double, isTypeOne: Bool
  ) throws -> IdentityMean {
    func estimate(_ row: TemplateRow) throws -> IdentityMean {
      let success = row.successes.first { $0.threshold.falseMatchRate == rate }
      guard let found = isTypeOne ? success?.typeOne : success?.typeTwo else {
        let known = row.successes.map { "\($0.threshold.falseMatchRate)" }
        throw InversionError.setting(
          name: "false match rate of \(row.name)", value: "\(rate)",
          allowed: "one of \(known.joined(separator: ", ")), and of a type that the row has")
      }
      return found
    }
    var stream = RandomStream(
      seed: seed, purpose: "interval.lift.\(row.name).\(other.name).\(rate).\(isTypeOne)")
    return try estimate(row).lift(over: estimate(other), bootstrap, using: &stream)
  }

  // MARK: Counting

  private func row(
    _ name: String, _ found: Tensor, of places: [Int], selection: Reconstructions.Selection,
    hasTypeOne: Bool
  ) throws -> TemplateRow {
    let units = found.to(.float64).unitRows()
    let same = (units * templates.to(.float64).unitRows().selecting(rows: places))
      .sum(along: 1).values(as: Double.self)
    let others = units.linear(otherTemplates.to(.float64).unitRows()).values(as: Double.self)
    let width = targets.otherIdentities.count
    let members = Dictionary(grouping: 0..<width) { targets.otherIdentities[$0] }
    let successes = try thresholds.thresholds.map { threshold in
      let people = places.map { targets.identities[$0] }
      let typeTwo = zip(people.indices, people).map { image, person in
        let own = members[person] ?? []
        let accepted = own.count { others[image * width + $0] >= threshold.value }
        return (identity: person, value: Double(accepted) / Double(own.count))
      }
      let typeOne = zip(people, same).map {
        (identity: $0, value: $1 >= threshold.value ? 1.0 : 0)
      }
      func stream(_ type: Int) -> RandomStream {
        RandomStream(
          seed: seed, purpose: "interval.sar.\(name).\(threshold.falseMatchRate).\(type)")
      }
      var (first, second) = (stream(1), stream(2))
      return TemplateRow.Success(
        threshold: threshold,
        typeOne: hasTypeOne
          ? try IdentityMean(typeOne, within: 0...1, bootstrap, using: &first) : nil,
        typeTwo: try IdentityMean(typeTwo, within: 0...1, bootstrap, using: &second))
    }
    return TemplateRow(
      name: name, selection: selection, encoder: system.name, successes: successes)
  }
}
