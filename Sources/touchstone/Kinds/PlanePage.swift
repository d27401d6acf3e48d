import Audit
import Datasets
import Networks
import Reports
import Torch
import Training

/// `boundary.html` in the folder of a run whose examples lie in a plane, and its drawings by themselves: where
/// the most likely class changes, and where counterfactuals lead.
struct PlanePage {
  static let name = "boundary.html"

  private let title: String
  private let boundary: Plot
  private let counterfactuals: Plot?

  /// `nil` for examples that lie in no plane.
  init?(
    of classifier: FrozenNetwork, on data: Dataset, _ recipe: TrainingRecipe, context: Context
  ) throws {
    guard let picture = try BoundaryPicture(of: classifier, on: data, context: context)
    else { return nil }
    boundary = picture.plot
    title = "\(recipe.model.name) on \(data.name)"
    // A plan belongs to a loss of transport.
    let losses = try recipe.makeObjective().terms.compactMap { ($0.term as? HKR)?.weights }
    counterfactuals = try CounterfactualPlane(
      of: classifier, on: data, transport: losses.first, context: context)?.plot
  }

  /// The page and the drawings.
  var files: [ReportFolder.File] {
    var files = [ReportFolder.File("boundary.svg", boundary.svg())]
    if let counterfactuals {
      files.append(.init("counterfactuals.svg", counterfactuals.svg()))
    }
    let plots = [boundary] + (counterfactuals.map { [$0] } ?? [])
    let page = ResultsPage(
      title: title,
      sections: [.init("In the plane of the examples", content: plots.map { .plot($0) })],
      version: Audit.version)
    return files + [.init(Self.name, page.html(plotlyPath: Folders.plotly))]
  }
}
