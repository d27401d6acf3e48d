import Audit
import Datasets
import Foundation
import Inversion
import Reports
import Statistics
import Torch
import Training

/// `report.html` and `report.md` in the folder of a run that inverts a classifier.
struct ModelPage {
  private let inversion: ModelInversion
  let table: ModelTable
  private let log: URL?

  /// - Parameter log: the folder with the metrics of fine-tuning.
  init(_ inversion: ModelInversion, _ table: ModelTable, log: URL?) {
    self.inversion = inversion
    self.table = table
    self.log = log
  }

  /// The page in both forms.
  func files() throws -> [ReportFolder.File] {
    let page = ResultsPage(
      title: "What a classifier of \(inversion.data.training.name) leaks",
      lead: ModelKind.notice, facts: try facts(), sections: try sections(), version: Audit.version)
    return [
      ReportFolder.File("report.html", page.html(plotlyPath: Folders.plotly)),
      ReportFolder.File("report.md", page.markdown()),
    ]
  }

  /// What defends the target, with the privacy loss of DP-SGD.
  private func defence() throws -> [(name: String, value: String)] {
    guard let defence = inversion.recipe.target.defence, defence.kind != .none else { return [] }
    let privacy = try inversion.privacyGuarantee().flatMap { guarantee in
      guarantee.epsilon.map {
        ("Privacy loss", "epsilon \(NumberText.short($0)) at delta \(guarantee.delta)")
      }
    }
    return [("Defence", defence.name)] + [privacy].compactMap { $0 }
  }

  private func facts() throws -> [(name: String, value: String)] {
    let (recipe, data) = (inversion.recipe, inversion.data)
    let people = data.thresholdImages.map { "\($0.classNames.count)" } ?? "none"
    return [
      ("Target", recipe.target.path ?? "\(recipe.target.model), trained here on private people")
    ] + (try defence()) + [
      (
        "Evaluator",
        recipe.evaluator.path ?? "\(recipe.evaluator.model), trained here on the same people"
      ),
      ("Private people", "\(data.training.classNames.count)"),
      ("Their images", "\(data.training.count) to train on, \(data.test.count) others"),
      ("Public people", "\(data.publicImages.classNames.count)"),
      ("Public images", "\(data.publicImages.count)"),
      ("People for thresholds", people),
      ("Images of a person in a row", "\(recipe.count)"), ("Seed", "\(recipe.seed)"),
    ]
  }

  private func sections() throws -> [ResultsPage.Section] {
    var sections = [
      ResultsPage.Section(
        "What images show of the people",
        text: """
          Above look-alikes is what counts: public images that the target takes for its people, of whom they show \
          nobody, already reach the accuracy of their row.
          """,
        content: [
          .table(accuracies, caption: Self.accuracyCaption),
          .table(persons, caption: Self.personCaption),
        ]),
      .init(
        "Likeness",
        content: [
          .table(likeness, caption: Self.likenessCaption),
          .table(distributions, caption: Self.distributionCaption),
        ]),
      .init("What attacks asked", content: [.table(budgets, caption: Self.budgetCaption)]),
    ]
    if let weights = try weights() {
      sections.append(
        .init(
          "Fine-tuning", text: "The five losses and their weights, step by step.",
          content: weights))
    }
    let notes = Set(table.rows.flatMap(\.result.warnings)).sorted()
    sections.append(
      .init(
        "What this can and cannot tell",
        content: [
          .notes(
            notes + [
              """
              Intervals draw people, for this target and this attack. Another training of the target is \
              another seed (touchstone ablate).
              """
            ])
        ]))
    if let pictures = try pictures() {
      sections.append(
        .init(
          "Images",
          text: "The first people: a real image, then the first one of some rows.",
          content: [.pictures(pictures)]))
    }
    return sections
  }

  // MARK: Plots and pictures

  private func weights() throws -> [ResultsPage.Content]? {
    guard let log else { return nil }
    let rows = try Trainer.metrics(in: log)
    let columns = rows.first?.values.map(\.name) ?? []
    let terms = columns.filter { columns.contains("\($0).weight") }
    func plot(_ title: String, _ caption: String, _ suffix: String) -> ResultsPage.Content? {
      let series = terms.filter { columns.contains($0 + suffix) }.map { term in
        Plot.Series(
          term,
          points: rows.compactMap { row in
            row.values.first { $0.name == term + suffix }.map {
              .init(x: Double(row.step), y: $0.value)
            }
          }, style: .plain)
      }
      guard !series.isEmpty else { return nil }
      return .plot(
        Plot(
          title: title, caption: caption,
          content: .lines(.init(x: .init("step"), y: .init(title), series: series))))
    }
    return [
      plot("Losses", "Each loss before it is weighted.", ""),
      plot("Weights", "What each loss is multiplied by.", ".weight"),
      plot(
        "Learned s", "The logarithm of the variance that a learned weight is made of.",
        ".log_variance"),
    ].compactMap(\.self)
  }

  /// Drawn people are nobody; others are shown only when somebody asks.
  private func pictures() throws -> [PictureStrip]? {
    guard inversion.recipe.pictures ?? inversion.recipe.data.isPortraits else { return nil }
    let shape = inversion.data.training.inputShape
    let shown = [
      ModelTable.ceiling, TunedAttack.name, GuidedSamples.name, ClassSamples.name, LookAlikes.name,
    ].compactMap { name in table.rows.first { $0.name == name } }
    return try inversion.classes.prefix(10).map { person in
      PictureStrip(
        caption: inversion.data.training.classNames[person],
        panels: try shown.compactMap { row in
          guard let place = row.images.classes.firstIndex(of: person) else { return nil }
          return .init(
            row.title,
            try Bitmap(
              channelsFirst: row.images.images[place].contiguous().values(as: Float.self),
              channels: shape[0], height: shape[1], width: shape[2]))
        })
    }
  }
}
