import Foundation
import Reports

/// The page of results: what was claimed, what was measured, and what held, as Markdown. It is made from a
/// store alone; the same store gives the same bytes.
public struct ResultsDocument: Sendable {
  /// A file of experiments with what a store has of them.
  public struct Part: Sendable {
    /// The file.
    public let reproduction: Reproduction
    /// Its experiments, in its order.
    public let results: [ExperimentResult]

    /// A part.
    public init(_ reproduction: Reproduction, _ results: [ExperimentResult]) {
      self.reproduction = reproduction
      self.results = results
    }

    var tally: ClaimTally { ClaimTally(results.flatMap(\.verdicts)) }
    var seconds: Double { ResultsDocument.seconds(of: results) }
  }

  /// The files of experiments.
  public let parts: [Part]
  /// The profile of all recipes.
  public let profile: String
  /// What somebody types to make the page again, without the program's name.
  public let arguments: [String]

  /// A page.
  ///
  /// - Parameter arguments: files of experiments that were named; none for all there are.
  public init(_ parts: [Part], profile: String, arguments: [String] = []) {
    self.parts = parts
    self.profile = profile
    self.arguments = arguments
  }

  /// The page.
  public var markdown: String {
    let head = ["# Results", introduction, reading, "## Summary", summary.markdown(), remarks]
    return (head + parts.map(text)).joined(separator: "\n\n").replacing("\n\n\n", with: "\n\n")
      .trimmingCharacters(in: .newlines) + "\n"
  }

  // MARK: The head

  private var introduction: String {
    let files = (arguments + ["--profile \(profile)"]).joined(separator: " ")
    return """
      What design notes and the articles behind them say, beside what Touchstone measured. Every number \
      on this page is read from the run store; none is typed by hand. Made again by

      ```sh
      touchstone reproduce \(files)    # goes on where it was stopped
      touchstone results \(files) --out Documentation/Results.md
      ```

      from the root of the repository, with public data sets under `data/`. [Reproducing.md](Reproducing.md) \
      explains both commands, and where the data come from.
      """
  }

  private var reading: String {
    """
    - **Forecast**: a figure that a design note guessed before anything was run. **Published**: measured by \
    others on other networks, mostly trained for longer than in the profile `\(profile)`. **Expected**: what a \
    proof or an argument says.
    - A figure **held** when it lies in the 95 % interval of what was measured here, and did **not hold** when it \
    lies outside. A bound, or the sign of a difference, held when the whole interval agrees, did not hold when \
    the whole interval disagrees, and **cannot be told** in between. **Not measured**: the store has no such run.
    - Differences are paired, seed by seed or example by example. Verdicts stand one by one, without a \
    correction for their number: of twenty differences that are nothing, about one looks like something.
    - Intervals over seeds say what training again gives on the same data; intervals over examples say what \
    other examples would give to the same models.
    """
  }

  private var summary: TextTable {
    var table = TextTable(
      [.init("part")]
        + [
          "claims", "held", "not held", "cannot be told", "not measured", "runs done",
          "computing time",
        ].map { .init($0, .trailing) })
    for part in parts {
      table.append(
        [part.reproduction.title] + Self.row(part.tally, part.results, part.seconds))
    }
    if parts.count > 1 {
      let all = parts.flatMap(\.results)
      table.append(
        ["all"] + Self.row(ClaimTally(all.flatMap(\.verdicts)), all, Self.seconds(of: all)))
    }
    return table
  }

  private static func row(
    _ tally: ClaimTally, _ results: [ExperimentResult], _ seconds: Double
  ) -> [String] {
    let done = results.map(\.members.count).reduce(0, +)
    let runs = results.map(\.plan.runs.count).reduce(0, +)
    return [
      "\(tally.total)", "\(tally[.held])", "\(tally[.notHeld])", "\(tally[.cannotTell])",
      "\(tally[.notMeasured])", "\(done) of \(runs)",
      done > 0 ? NumberText.duration(seconds) : "",
    ]
  }

  /// Runs that several experiments share count once.
  static func seconds(of results: [ExperimentResult]) -> Double {
    var seen: Set<String> = []
    return results.flatMap(\.members).filter { seen.insert($0.run.id).inserted }
      .compactMap(\.run.seconds).reduce(0, +)
  }

  /// How all of it was measured, and what is missing.
  private var remarks: String {
    let results = parts.flatMap(\.results)
    let circumstances = RunCircumstances(results.flatMap(\.members).map(\.run))
    var lines: [String] = []
    if !circumstances.machines.isEmpty {
      lines.append(
        """
        Computing time adds up over runs, several of which share a machine; measured on \
        \(list(circumstances.machines)), with \(list(circumstances.versions)), at \
        \(circumstances.commits.count == 1 ? "commit" : "commits") \(list(circumstances.commits)).
        """)
    }
    let missing = results.filter { $0.members.isEmpty }.map(\.plan.experiment.name)
    if !missing.isEmpty {
      lines.append("Not measured at all: \(list(missing)).")
    }
    let incomplete = results.filter { !$0.members.isEmpty && !$0.isComplete }
      .map(\.plan.experiment.name)
    if !incomplete.isEmpty { lines.append("Measured in part: \(list(incomplete)).") }
    return lines.joined(separator: "\n\n")
  }

  private func list(_ words: [String]) -> String {
    MarkdownText.escaped(words.joined(separator: ", "))
  }

  // MARK: Parts

  /// What reports of such runs must say, once.
  private func notices(_ part: Part) -> String {
    var seen: Set<String> = []
    let notices = part.results.map { $0.plan.kind.notice }.filter {
      !$0.isEmpty && seen.insert($0).inserted
    }
    return MarkdownText.escaped(notices.joined(separator: " "))
  }

  private func text(of part: Part) -> String {
    let head = [
      "## \(MarkdownText.escaped(part.reproduction.title))",
      MarkdownText.escaped(part.reproduction.about), notices(part), part.tally.sentence,
    ]
    let sections = part.results.map { ExperimentSection($0, profile: profile).markdown }
    return (head.filter { !$0.isEmpty } + sections).joined(separator: "\n\n")
  }
}
