import Audit
import Datasets
import Inversion
import Reports
import Statistics
import Training

/// `report.html` and `report.md` in the folder of a run that asks who was a member.
struct MembershipPage {
  private let recipe: MembershipRecipe
  private let data: MembershipData
  private let inference: MembershipInference
  private let rows: [MembershipAttacks.Row]

  init(
    _ recipe: MembershipRecipe, _ data: MembershipData, _ inference: MembershipInference,
    _ rows: [MembershipAttacks.Row]
  ) {
    self.recipe = recipe
    self.data = data
    self.inference = inference
    self.rows = rows
  }

  /// The page in both forms.
  func files() throws -> [ReportFolder.File] {
    let page = ResultsPage(
      title: "Who was a member of \(data.members.name)", lead: MembershipKind.notice,
      facts: try facts(),
      sections: [
        .init(
          "What attacks find",
          content: [
            .table(table, caption: Self.caption),
            .notes((rows.first?.scores.warnings ?? []) + [Self.limits]),
          ])
      ], version: Audit.version)
    return [
      .init("report.html", page.html(plotlyPath: Folders.plotly)),
      .init("report.md", page.markdown()),
    ]
  }

  private func facts() throws -> [(name: String, value: String)] {
    func accuracy(_ share: Proportion) throws -> String {
      let interval = try share.wilson()
      return TemplateText.share(share.rate ?? 0, interval)
    }
    return [
      ("Model", recipe.model.name), ("Members", "\(data.members.count)"),
      ("Others", "\(data.others.count)"),
      ("Accuracy on members", try accuracy(inference.memberAccuracy)),
      ("Accuracy on others", try accuracy(inference.otherAccuracy)),
      ("Shadow models", "\(recipe.attacks.shadows)"), ("Seed", "\(recipe.seed)"),
    ]
  }

  private static let caption = """
    The area under the curve (0.5 is chance) and the share of members found at two rates of false alarms, with \
    95 % intervals over examples.
    """

  private static let limits = """
    Intervals draw examples, for this network and these shadows. What no attack here finds, another one may.
    """

  private var table: TextTable {
    let rates = rows.first?.scores.rates.map(\.falsePositiveRate) ?? []
    var table = TextTable(
      [.init("attack"), .init("area", .trailing)]
        + rates.map { .init("members found at \(NumberText.percent($0))", .trailing) }
        + [.init("answers", .trailing)])
    for row in rows {
      let area = row.scores.areaInterval.map { TemplateText.number(row.scores.area.area, $0) }
      table.append(
        [row.scores.name, area ?? NumberText.short(row.scores.area.area, digits: 3)]
          + row.scores.rates.map { TemplateText.share($0.value, $0.interval) } + ["\(row.queries)"])
    }
    return table
  }
}
