import Inversion
import Reports
import Runs
import Statistics

/// What a table of model inversion says as findings, with what became of every person for comparisons of runs.
package struct ModelFindings {
  private let table: ModelTable
  private let family: String

  /// - Parameter family: what all names begin with, with a dot at its end.
  package init(_ table: ModelTable, family: String = "") {
    self.table = table
    self.family = family
  }

  /// All of them, row by row; first the attack.
  package func all() throws -> [TemplateFindings.Entry] {
    let first = table.rows.filter { $0.name == TunedAttack.name }
    let rest = table.rows.filter { $0.name != TunedAttack.name }
    return try (first + rest).flatMap(findings) + advantages()
  }

  private func findings(of row: ModelTable.Row) throws -> [TemplateFindings.Entry] {
    let better: Finding.Direction = row.name == ModelTable.ceiling ? .higher : .lower
    let result = row.result
    func mean(
      _ id: String, _ title: String, _ mean: IdentityMean?, unit: String = Finding.rate,
      _ direction: Finding.Direction? = nil, _ detail: String = ""
    ) throws -> [TemplateFindings.Entry] {
      try mean.map {
        [
          (
            try finding(
              "\(row.name).\(id)", "\(title), \(row.title)", $0.value, $0.interval, unit,
              direction ?? better, detail), $0.outcomes
          )
        ]
      } ?? []
    }
    return try mean("accuracy", "Accuracy by the evaluator", result.accuracy)
      + mean("accuracy_five", "Accuracy among five by the evaluator", result.accuracyAmongFive)
      + mean("target_accuracy", "Accuracy by the target", result.targetAccuracy)
      + mean(
        "lift", "Accuracy above look-alikes", row.lift, unit: "", better,
        "Person by person, by the evaluator.")
      + mean(
        "open_set", "Accepted by verification", result.openSetAcceptance, better,
        "At a false match rate of 1 %, against other images of the person.")
      + mean("open_set_lift", "Acceptance above look-alikes", row.openSetLift, unit: "", better)
      + mean(
        "neighbour_distance", "Squared distance to the nearest training image",
        result.neighbourDistance, unit: "", .higher, "In features of the evaluator.")
      + mean(
        "face_distance", "The same in templates of the verification system",
        result.faceDistance, unit: "", .higher)
      + mean(
        "perceptual_distance", "Perceptual distance to the nearest training image",
        result.perceptualDistance, unit: "", .higher)
      + mean("diversity", "Perceptual distance within a class", result.diversity, unit: "", .higher)
      + mean("knowledge", "Knowledge extracted", row.knowledge?.accuracy)
      + traits(row, better) + distances(row) + budget(row)
  }

  private func traits(
    _ row: ModelTable.Row, _ better: Finding.Direction
  ) throws -> [TemplateFindings.Entry] {
    guard let traits = row.result.attributes else { return [] }
    var found = [
      (
        try finding(
          "\(row.name).attributes", "Correlation of traits, \(row.title)", traits.correlation,
          traits.interval, "", better, "Mean over 14 traits, across people."), Outcomes?.none
      )
    ]
    if let lift = row.attributeLift {
      found.append(
        (
          try finding(
            "\(row.name).attribute_lift", "Correlation of traits above look-alikes, \(row.title)",
            lift.value, lift.interval, "", better, ""), nil
        ))
    }
    return found
  }

  /// Distances of sets of images, of which there is no mean over people.
  private func distances(_ row: ModelTable.Row) throws -> [TemplateFindings.Entry] {
    let result = row.result
    var all: [(String, String, Double, Interval?)] = [
      (
        "kid", "Kernel distance", result.kernelDistance.value, result.kernelDistance.interval
      )
    ]
    if let distance = result.frechetDistance {
      all.append(("fid", "Fréchet distance", distance.value, result.frechetInterval))
    }
    for (suffix, name, prdc) in [
      ("", "", result.prdc), ("_ppa", ", formula of PPA's code", result.prdcNearestBall),
    ] {
      guard let prdc else { continue }
      all += [
        ("precision\(suffix)", "Precision\(name)", prdc.precision, nil),
        ("recall\(suffix)", "Recall\(name)", prdc.recall, nil),
        ("density\(suffix)", "Density\(name)", prdc.density, nil),
        ("coverage\(suffix)", "Coverage\(name)", prdc.coverage, nil),
      ]
    }
    return try all.map { id, title, value, interval in
      (
        try Finding(
          id: "\(family)\(row.name).\(id)", title: "\(title), \(row.title)", value: value,
          interval: interval, unit: "", better: id.hasSuffix("id") ? .higher : .lower,
          detail: "In features of the evaluator, against the target's training images."), nil
      )
    }
  }

  private func budget(_ row: ModelTable.Row) throws -> [TemplateFindings.Entry] {
    guard let budget = row.result.budget else { return [] }
    return try [
      ("queries", "Images shown to the target", Double(budget.forward), ""),
      ("gradients", "Those with a gradient", Double(budget.backward), ""),
      ("seconds", "Time", budget.seconds, "s"),
      ("cpu_seconds", "Processor time", budget.processorSeconds, "s"),
    ].map { id, title, value, unit in
      (
        try Finding(
          id: "\(family)\(row.name).\(id)", title: "\(title), \(row.title)", value: value,
          unit: unit, better: .higher,
          detail: unit.isEmpty
            ? "With choosing public images and fine-tuning, where the row needs them."
            : "Of making the images, without what was prepared."), nil
      )
    }
  }

  private func advantages() throws -> [TemplateFindings.Entry] {
    try table.advantages.map { over, mean in
      (
        try finding(
          "attack.over.\(over)", "Accuracy of the attack above \(over)", mean.value,
          mean.interval, "", .lower, "Person by person, by the evaluator."), mean.outcomes
      )
    }
  }

  private func finding(
    _ id: String, _ title: String, _ value: Double, _ interval: Interval, _ unit: String,
    _ better: Finding.Direction, _ detail: String
  ) throws -> Finding {
    try Finding(
      id: family + id, title: title, value: value, interval: interval, unit: unit,
      better: better, detail: detail)
  }
}
