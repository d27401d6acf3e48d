import Files
import Inversion
import Reports
import Runs
import Statistics

/// What templates leak as findings, with what became of every person for comparisons of runs.
package struct TemplateFindings {
  /// A finding, and the mean of every person where it is a mean over people.
  package typealias Entry = (finding: Finding, outcomes: Outcomes?)

  private let leakage: TemplateLeakage
  private let setting: String?
  private let family: String

  /// - Parameters:
  ///   - setting: the name of another setting of the grid, which becomes part of the findings' names.
  ///   - family: what all names begin with, with a dot at its end.
  package init(_ leakage: TemplateLeakage, setting: String? = nil, family: String = "") {
    self.leakage = leakage
    self.setting = setting
    self.family = family
  }

  /// All of them: by the system, by the independent encoder, and what no system has to accept. For a setting of
  /// a grid those that reconstructions decide.
  package func all() throws -> [Entry] {
    let entries =
      try judged(leakage.system, "", "system")
      + judged(leakage.evaluation, "evaluation.", "independent encoder") + likeness() + traits()
    guard setting != nil else { return entries }
    return entries.filter {
      !$0.finding.id.text.contains("public") && !$0.finding.id.text.contains("genuine")
    }
  }

  private func judged(
    _ rows: JudgedTemplates, _ prefix: String, _ judge: String
  ) throws -> [Entry] {
    try rows.attack.successes.indices.flatMap { place in
      let success = rows.attack.successes[place]
      let at = FindingID.part(for: success.threshold.falseMatchRate)
      func detail(_ row: TemplateRow) -> String {
        [row.selection.description, success.threshold.warning ?? ""].filter { !$0.isEmpty }
          .joined(separator: "; ")
      }
      func row(
        _ id: String, _ title: String, _ mean: IdentityMean?, _ row: TemplateRow,
        unit: String = Finding.rate, _ better: Finding.Direction = .lower
      ) throws -> Entry? {
        try mean.map {
          try entry(
            "\(prefix)\(id).\(at)", "\(title), false match rate \(at), \(judge)", $0, unit, better,
            detail(row))
        }
      }
      /// A lift is no rate: it may be below zero.
      func lift(_ id: String, _ title: String, _ lift: JudgedTemplates.Lift) throws -> Entry? {
        try row(id, title, lift.mean, rows.attack, unit: "")
      }
      let near = rows.nearestPublic.successes[place]
      let (random, real) = (rows.randomPublic.successes[place], rows.genuine.successes[place])
      return try [
        row("sar_type_one", "Success attack rate, same image", success.typeOne, rows.attack),
        row("sar_type_two", "Success attack rate, another image", success.typeTwo, rows.attack),
        row("genuine", "Real images", real.typeTwo, rows.genuine, .higher),
        row("random_public", "Random strangers", random.typeTwo, rows.randomPublic),
        row(
          "nearest_public_type_one", "Nearest stranger, same image", near.typeOne,
          rows.nearestPublic),
        row("nearest_public", "Nearest stranger, another image", near.typeTwo, rows.nearestPublic),
        lift(
          "lift_type_one", "Above the nearest stranger, same image", rows.liftTypeOne[place]),
        lift(
          "lift_type_two", "Above the nearest stranger, another image", rows.liftTypeTwo[place]),
      ].compactMap(\.self)
    }
  }

  /// The lower the distance, the more is given away.
  private func likeness() throws -> [Entry] {
    let (made, near) = (leakage.quality, leakage.nearestQuality)
    return try [
      ("pixel_error", "Mean squared error of pixels", made.squaredError),
      ("nearest_public_pixel_error", "The same of the nearest stranger", near.squaredError),
      ("absolute_error", "Mean absolute error of pixels", made.absoluteError),
      ("perceptual_distance", "Perceptual distance", made.perceptual),
      ("nearest_public_perceptual_distance", "The same of the nearest stranger", near.perceptual),
      ("diversity", "Perceptual distance within a target", leakage.diversity),
    ].compactMap { id, title, mean in
      try mean.map { try entry(id, title, $0, "", .higher, made.perceptualName) }
    }
  }

  private func traits() throws -> [Entry] {
    let rows = [
      ("", "reconstructions", leakage.quality.traits),
      ("nearest_public_", "nearest strangers", leakage.nearestQuality.traits),
      ("genuine_", "the stolen images themselves", leakage.ceiling),
    ]
    return try rows.flatMap { prefix, title, traits -> [Entry] in
      guard let traits else { return [] }
      return [
        try entry(
          "\(prefix)attribute_error", "Error of traits, \(title)", traits.error, "", .lower,
          "Root mean square over 14 traits in [-1, 1]."),
        (
          try finding(
            "\(prefix)attribute_correlation", "Correlation of traits, \(title)",
            traits.correlation, traits.correlationInterval, "", .lower,
            "Mean over 14 traits, across people."), nil
        ),
      ]
    }
  }

  private func entry(
    _ id: String, _ title: String, _ mean: IdentityMean, _ unit: String,
    _ better: Finding.Direction, _ detail: String
  ) throws -> Entry {
    (
      try finding(id, title, mean.value, mean.interval, unit, better, detail),
      mean.outcomes
    )
  }

  private func finding(
    _ id: String, _ title: String, _ value: Double, _ interval: Interval, _ unit: String,
    _ better: Finding.Direction, _ detail: String
  ) throws -> Finding {
    let suffix = setting.map { ", " + $0.replacing(".", with: " ", maxReplacements: 1) } ?? ""
    return try Finding(
      id: family + (setting.map { "\(id).\($0)" } ?? id), title: title + suffix, value: value,
      interval: interval, unit: unit, better: better, detail: detail)
  }
}

extension TemplateFindings {
  /// What became of every person, by the finding that counts it.
  ///
  /// - Parameter people: what those are called whose images the attack is after.
  package static func outcomes(
    _ entries: [Entry], of people: [String]
  ) throws -> [String: Outcomes] {
    let digest = try Digest.hexadecimal(.sha256, of: Array("\(people)".utf8))
    return entries.reduce(into: [:]) { outcomes, entry in
      outcomes[entry.finding.id.text] = entry.outcomes.map { Outcomes($0.values, of: digest) }
    }
  }
}

extension IdentityMean {
  /// The mean of every person, in the order of their numbers.
  var outcomes: Outcomes { Outcomes(means.sorted { $0.key < $1.key }.map(\.value)) }
}
