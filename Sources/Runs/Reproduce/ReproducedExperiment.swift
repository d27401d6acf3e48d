import Foundation

/// A recipe that stands for a table, with the way it is run, what it asks, and what was claimed.
public struct ReproducedExperiment: Sendable, Decodable {
  /// The command by which the recipe is run.
  public enum Command: String, Sendable, Codable, CaseIterable {
    /// The recipe's sweep.
    case ablate
    /// The recipe's sweep, of defences.
    case defend
    /// One run that trains.
    case train
    /// One run along regularisation.
    case tilt
    /// One run that inverts a classifier.
    case invertModel = "invert model"
    /// One run that inverts templates.
    case invertTemplate = "invert template"
    /// One run that asks who was a member.
    case membership

    /// Whether all runs of the recipe's sweep are meant.
    public var isSweep: Bool { self == .ablate || self == .defend }
  }

  /// The recipe's path.
  public private(set) var recipe: String
  /// Where the recipe is named.
  public let place: RecipePlace
  /// How it is run.
  public let run: Command
  /// The variant of a single run of a recipe with a sweep.
  public let variant: String?
  /// A heading; the recipe's own title when `nil`.
  public let title: String?
  /// What is asked, in plain words.
  public let asks: String
  /// The findings that are shown; those that the recipe's sweep compares, or all of a single run, when `nil`.
  public let metrics: [String]?
  /// What was claimed, beyond the figures that the recipe itself has.
  public let claims: [Claim]

  private enum CodingKeys: String, CodingKey {
    case recipe, run, variant, title, asks, metrics, claims
  }

  /// Reads an experiment.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let path = try fields.decode(RecipeValue.self, forKey: .recipe)
    recipe = try fields.decode(String.self, forKey: .recipe)
    place = path.place
    run = try fields.decode(Command.self, forKey: .run)
    variant = try fields.decodeIfPresent(String.self, forKey: .variant)
    title = try fields.decodeIfPresent(String.self, forKey: .title)
    asks = try fields.decode(String.self, forKey: .asks)
    metrics = try fields.decodeIfPresent([String].self, forKey: .metrics)
    claims = try fields.decodeIfPresent([Claim].self, forKey: .claims) ?? []
    if run.isSweep, variant != nil {
      throw RecipeError.invalid(
        place, path: "variant", reason: "\(run.rawValue) runs all variants; leave it out")
    }
  }

  /// The experiment with its recipe beside a file, in a short form: `Recipes/reproduce/../a/b.yaml` is
  /// `Recipes/a/b.yaml`, which is what somebody writes who runs the recipe by hand.
  package func located(beside file: String) -> ReproducedExperiment {
    guard !recipe.hasPrefix("/") else { return self }
    var parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
    for part in recipe.split(separator: "/").map(String.init) where part != "." {
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    var result = self
    result.recipe = parts.joined(separator: "/")
    return result
  }

  /// The topic and name of the recipe, such as `smoothness/cora-gcn`: where its runs go below a folder.
  public var name: String {
    let url = URL(filePath: recipe).deletingPathExtension()
    return url.pathComponents.suffix(2).filter { $0 != "/" && $0 != ".." }.joined(separator: "/")
  }

  /// What somebody types to run it.
  public func command(profile: String) -> String {
    let file = run == .tilt ? "--recipe \(recipe)" : recipe
    let chosen = variant.map { " --variant \($0)" } ?? ""
    return "touchstone \(run.rawValue) \(file) --profile \(profile)\(chosen)"
  }
}
