import Foundation

/// A file of `Recipes/reproduce/`: the experiments that stand for the tables of a design note, and what was
/// claimed of them.
///
/// ```yaml
/// title: Noise, virtual adversarial training
/// about: What the note says, in plain words.
/// experiments:
///   - recipe: ../smoothness/cora-gcn.yaml
///     run: ablate
///     asks: Does smoothness help a network on a graph?
///     claims:
///       - { says: As many errors as published, finding: test_error, variant: gcn,
///           published: 0.185, source: "Kipf and Welling (2017), table 2" }
/// ```
public struct Reproduction: Sendable {
  /// The file as it was named.
  public let path: String
  /// One line for headings.
  public let title: String
  /// A paragraph: what the note is about, and what its numbers are.
  public let about: String
  /// The experiments in the order in which they are run and shown.
  public let experiments: [ReproducedExperiment]

  /// Where these files are, below a folder of recipes; they are no recipes themselves.
  public static let folder = "reproduce"

  /// Reads a file. Paths of recipes are relative to it.
  ///
  /// - Throws: ``RecipeError`` with the place of what does not fit.
  public static func load(_ path: String) throws(RecipeError) -> Reproduction {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(file: path, reason: "no such file of experiments")
    }
    guard !isFolder.boolValue else { throw .unreadable(file: path, reason: "a folder, not a file") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, reason: "no permission to read it")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .invalidYAML(RecipePlace(source: path), problem: "the text is not UTF-8")
    }
    return try Reproduction(yaml: text, path: path)
  }

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - yaml: the text.
  ///   - path: what errors call it, and what paths of recipes are relative to.
  /// - Throws: ``RecipeError``, as for a file.
  public init(yaml: String, path: String) throws(RecipeError) {
    let value = try RecipeParser.value(of: yaml) { line, column in
      RecipePlace(source: path, line: line, column: column)
    }
    guard let value, !value.isNull else { throw .empty(file: path) }
    let content = try RecipeDecoder.decode(Content.self, from: value)
    self.path = path
    title = content.title
    about = content.about ?? ""
    experiments = content.experiments.map { $0.located(beside: path) }
    if experiments.isEmpty {
      throw .invalid(
        value["experiments"]?.place ?? value.place, path: "experiments",
        reason: "there is no experiment")
    }
  }

  private struct Content: Decodable {
    let title: String
    let about: String?
    let experiments: [ReproducedExperiment]
  }
}
