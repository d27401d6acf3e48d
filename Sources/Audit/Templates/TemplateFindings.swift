import Inversion
import Reports
import Runs
import Statistics

/// What templates leak as findings.
package struct TemplateFindings {
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

  /// All of them: by the system, by the independent encoder, and what no system has to accept.
  package func all() throws -> [Finding] {
    try judged(leakage.system, "", "system")
      + judged(leakage.evaluation, "evaluation.", "independent encoder") + likeness() + traits()
  }

  /// Those that reconstructions decide, for a setting of a grid.
  package func ofReconstructions() throws -> [Finding] {
    try all().filter { !$0.id.text.contains("public") && !$0.id.text.contains("genuine") }
  }

  /// Who passed as himself, person by person, for comparisons of runs.
  package var outcomes: [String: Outcomes] {
    var outcomes: [String: Outcomes] = [:]
    for (prefix, rows) in [("", leakage.system), ("evaluation.", leakage.evaluation)] {
      for success in rows.attack.successes {
        guard let means = success.typeOne?.means, means.values.allSatisfy({ $0 == 0 || $0 == 1 })
        else { continue }
        let rate = FindingID.part(for: success.threshold.falseMatchRate)
        outcomes["\(prefix)sar_type_one.\(rate)"] = Outcomes(
          means.sorted { $0.key < $1.key }.map { $0.value == 1 })
      }
    }
    return outcomes
  }

  private func judged(
    _ rows: JudgedTemplates, _ prefix: String, _ judge: String
  ) throws -> [Finding] {
    try rows.attack.successes.indices.flatMap { place in
      let success = rows.attack.successes[place]
      let rate = success.threshold.falseMatchRate
      let at = FindingID.part(for: rate)
      let detail = [leakage.best.selection.description, success.threshold.warning ?? ""]
        .filter { !$0.isEmpty }.joined(separator: "; ")
      func row(
        _ id: String, _ title: String, _ mean: IdentityMean?,
        _ better: Finding.Direction = .lower
      ) throws -> [Finding] {
        guard let mean else { return [] }
        return [
          try finding(
            "\(prefix)\(id).\(at)", "\(title), false match rate \(at), \(judge)", mean.value,
            mean.interval, Finding.rate, better, detail)
        ]
      }
      func lift(
        _ id: String, _ title: String, _ lift: JudgedTemplates.Lift
      ) throws -> Finding {
        try finding(
          // Not a rate: it may be below zero.
          "\(prefix)\(id).\(at)", "\(title), false match rate \(at), \(judge)", lift.value,
          lift.interval, "", .lower, detail)
      }
      let near = rows.nearestPublic.successes[place]
      let (random, real) = (rows.randomPublic.successes[place], rows.genuine.successes[place])
      var found = try row("sar_type_one", "Success attack rate, same image", success.typeOne)
      found += try row("sar_type_two", "Success attack rate, another image", success.typeTwo)
      found += try row("genuine", "Real images", real.typeTwo, .higher)
      found += try row("random_public", "Random strangers", random.typeTwo)
      found += try row("nearest_public_type_one", "Nearest stranger, same image", near.typeOne)
      found += try row("nearest_public", "Nearest stranger, another image", near.typeTwo)
      found.append(
        try lift(
          "lift_type_one", "Above the nearest stranger, same image", rows.liftTypeOne[place]))
      found.append(
        try lift(
          "lift_type_two", "Above the nearest stranger, another image", rows.liftTypeTwo[place]))
      return found
    }
  }

  /// The lower the distance, the more is given away.
  private func likeness() throws -> [Finding] {
    let (made, near) = (leakage.quality, leakage.nearestQuality)
    func row(_ id: String, _ title: String, _ mean: IdentityMean?) throws -> [Finding] {
      guard let mean else { return [] }
      return [
        try finding(id, title, mean.value, mean.interval, "", .higher, made.perceptualName)
      ]
    }
    var found = try row("pixel_error", "Mean squared error of pixels", made.squaredError)
    found += try row(
      "nearest_public_pixel_error", "The same of the nearest stranger", near.squaredError)
    found += try row("absolute_error", "Mean absolute error of pixels", made.absoluteError)
    found += try row("perceptual_distance", "Perceptual distance", made.perceptual)
    found += try row(
      "nearest_public_perceptual_distance", "The same of the nearest stranger", near.perceptual)
    found += try row("diversity", "Perceptual distance within a target", leakage.diversity)
    return found
  }

  private func traits() throws -> [Finding] {
    let rows = [
      ("", "reconstructions", leakage.quality.traits),
      ("nearest_public_", "nearest strangers", leakage.nearestQuality.traits),
      ("genuine_", "the stolen images themselves", leakage.ceiling),
    ]
    return try rows.flatMap { prefix, title, traits -> [Finding] in
      guard let traits else { return [] }
      return [
        try finding(
          "\(prefix)attribute_error", "Error of traits, \(title)", traits.error.value,
          traits.error.interval, "", .higher, "Root mean square over 14 traits in [-1, 1]."),
        try finding(
          "\(prefix)attribute_correlation", "Correlation of traits, \(title)", traits.correlation,
          traits.correlationInterval, "", .lower, "Mean over 14 traits, across people."),
      ]
    }
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
