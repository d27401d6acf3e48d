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
  private let table: ModelTable
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
      lead: ModelKind.notice, facts: facts, sections: try sections(), version: Audit.version)
    return [
      ReportFolder.File("report.html", page.html(plotlyPath: Folders.plotly)),
      ReportFolder.File("report.md", page.markdown()),
    ]
  }

  private var facts: [(name: String, value: String)] {
    let (recipe, data) = (inversion.recipe, inversion.data)
    return [
      ("Target", recipe.target.path ?? "\(recipe.target.model), trained here on private people"),
      (
        "Evaluator",
        recipe.evaluator.path ?? "\(recipe.evaluator.model), trained here on the same people"
      ),
      ("Private people", "\(data.training.classNames.count)"),
      ("Their images", "\(data.training.count) to train on, \(data.test.count) others"),
      ("Public people", "\(data.publicImages.classNames.count)"),
      ("Public images", "\(data.publicImages.count)"),
      (
        "People for thresholds",
        data.thresholdImages.map { "\($0.classNames.count)" } ?? "none"
      ),
      ("Images of a person in a row", "\(recipe.count)"),
      ("Seed", "\(recipe.seed)"),
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
      .init("Likeness", content: [.table(likeness, caption: Self.likenessCaption)]),
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

  // MARK: Tables

  private static let accuracyCaption = """
    Shares of images whose class comes first, with 95 % intervals over people: by the target, and by the \
    evaluator, which the attack does not look at.
    """

  private var accuracies: TextTable {
    var text = TextTable([
      .init("images"), .init("optimised"), .init("target", .trailing),
      .init("evaluator", .trailing), .init("among five", .trailing),
      .init("above look-alikes", .trailing),
    ])
    for row in table.rows {
      let result = row.result
      text.append([
        row.title, row.optimised.map { $0 == .none ? "" : $0.rawValue } ?? "",
        TemplateText.share(result.targetAccuracy), TemplateText.share(result.accuracy),
        TemplateText.share(result.accuracyAmongFive), TemplateText.share(row.lift),
      ])
    }
    return text
  }

  private static let personCaption = """
    Verification: the share of images that is accepted as the person at a false match rate of 1 %, by an encoder that \
    has never seen the people. Traits: the correlation over people of what is read off the images with the truth. \
    With 95 % intervals over people.
    """

  private var persons: TextTable {
    var text = TextTable([
      .init("images"), .init("verification", .trailing), .init("above look-alikes", .trailing),
      .init("traits", .trailing), .init("above look-alikes", .trailing),
    ])
    for row in table.rows {
      let result = row.result
      text.append([
        row.title, TemplateText.share(result.openSetAcceptance),
        TemplateText.share(row.openSetLift),
        result.attributes.map { TemplateText.number($0.correlation, $0.interval) } ?? "",
        row.attributeLift.map { TemplateText.number($0.value, $0.interval) } ?? "",
      ])
    }
    return text
  }

  private static let likenessCaption = """
    Against the images that the target was trained on, in features of the evaluator: squared distance to the \
    person's nearest one, kernel and Fréchet distance of all, perceptual distance to the nearest one, precision, recall, density and coverage by the \
    reference formula. Diversity: perceptual distance between images of a person. Knowledge: the accuracy on real \
    images of a network that learned from the row alone.
    """

  private var likeness: TextTable {
    var text = TextTable([
      .init("images"), .init("nearest", .trailing), .init("kernel", .trailing),
      .init("Fréchet", .trailing), .init("perceptual", .trailing), .init("precision", .trailing),
      .init("recall", .trailing),
      .init("density", .trailing), .init("coverage", .trailing), .init("diversity", .trailing),
      .init("knowledge", .trailing),
    ])
    func number(_ value: Double?) -> String { value.map { NumberText.short($0, digits: 3) } ?? "" }
    for row in table.rows {
      let result = row.result
      text.append([
        row.title, TemplateText.number(result.neighbourDistance),
        number(result.kernelDistance.value),
        number(result.frechetDistance?.value), TemplateText.number(result.perceptualDistance),
        number(result.prdc?.precision),
        number(result.prdc?.recall), number(result.prdc?.density), number(result.prdc?.coverage),
        TemplateText.number(result.diversity), TemplateText.share(row.knowledge?.accuracy),
      ])
    }
    return text
  }

  private static let budgetCaption = """
    Images shown to the target, and those of them with a gradient, with choosing public images and fine-tuning; \
    seconds of making the images.
    """

  private var budgets: TextTable {
    var text = TextTable([
      .init("images"), .init("shown", .trailing), .init("with gradient", .trailing),
      .init("seconds", .trailing), .init("processor seconds", .trailing),
    ])
    for row in table.rows {
      guard let budget = row.result.budget else { continue }
      text.append([
        row.title, "\(budget.forward)", "\(budget.backward)",
        NumberText.short(budget.seconds, digits: 3),
        NumberText.short(budget.processorSeconds, digits: 3),
      ])
    }
    return text
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
