import Foundation
import Reports

/// A model card in the style of the Hugging Face hub: `README.md` with metadata as YAML before the text. Every
/// number in it is read from a run store.
///
/// The metadata follow the hub's specification of model cards (huggingface/hub-docs, `modelcard.md`).
public struct ModelCard: Sendable {
  /// What only the author of a card can say, or knows better.
  public struct Options: Sendable {
    /// The licence's identifier on the hub; left open when `nil`.
    public var license: String?
    /// The hub's name of the task; by the kind of run and the network when `nil`.
    public var task: String?
    /// The model's name; the recipe's when `nil`.
    public var name: String?

    /// Nothing said.
    public init(license: String? = nil, task: String? = nil, name: String? = nil) {
      self.license = license
      self.task = task
      self.name = name
    }
  }

  private let content: ModelCardContent
  private let options: Options
  private let notice: String
  private let version: String

  /// A card.
  ///
  /// - Parameters:
  ///   - notice: what every report of such runs says, such as who may have made them; nothing when empty.
  ///   - version: the version of the program.
  /// - Throws: ``StoreError``, ``ModelCardError/unfinished(id:state:)``.
  public init(
    of subject: ModelCardSubject, in store: RunStore, options: Options = Options(),
    notice: String = "", version: String
  ) throws {
    content = try ModelCardContent(subject, in: store)
    self.options = options
    self.notice = notice
    self.version = version
  }

  /// The whole file.
  ///
  /// - Throws: what the YAML encoder throws for metadata that cannot be written.
  public func markdown() throws -> String {
    let metadata = try ModelCardMetadata(content: content, options: options).yaml()
    let blocks = [
      "# \(MarkdownText.escaped(title))", notice, what, try trained, measured, audits, risks, how,
      again,
    ]
    let text = blocks.map { $0.trimmingCharacters(in: .newlines) }.filter { !$0.isEmpty }
    return "\(metadata)\n\(text.joined(separator: "\n\n"))\n"
  }

  private var title: String { options.name ?? content.name }

  // MARK: What it is

  private var what: String {
    let settings = content.isSweep ? content.settings.member("settings") : content.settings
    let network =
      settings?.text(at: "model", "name") ?? settings?.text(at: "target", "model")
      ?? settings?.text(at: "subject", "name")
    let data = content.groups.first?.data ?? ""
    var rows: [(String, String?)] = [
      ("network", network), ("data", data), ("recipe", content.isAudit ? nil : content.recipe),
      ("profile", content.profile), ("variant", content.variant),
      ("kind of run", content.kind),
    ]
    if case .array(let terms)? = settings?.member("objective") {
      let names = terms.compactMap { $0.text(at: "term") }
      rows.append(("objective", names.joined(separator: " + ")))
    }
    let table = TextTable(
      [.init("what"), .init("value")],
      rows: rows.compactMap { name, value in
        value.map { $0.isEmpty ? nil : [name, $0] } ?? nil
      })
    let lead =
      content.isAudit
      ? "An audit of a model; what the model is, the audit knows by its name alone."
      : content.isSweep
        ? "A family of models that differ in one thing each, trained and judged side by side."
        : "One model, as one run of Touchstone made it."
    return "## What it is\n\n\(lead)\n\n\(table.markdown())"
  }

  private var trained: String {
    get throws {
      let heading = content.isAudit ? "## How it was looked at" : "## How it was trained"
      let yaml = try RecipeValue.yaml(of: content.settings)
      return """
        \(heading)

        \(content.isSweep ? "What all have in common, and what is varied; the rest has its defaults" : "All settings, with every default"):

        ```yaml
        \(yaml.trimmingCharacters(in: .newlines).replacing("```", with: "'''"))
        ```
        """
    }
  }

  // MARK: Numbers

  private var measured: String {
    let own = content.groups.filter { $0.audit == nil }
    let groups = content.isAudit ? content.groups : own
    let tables = groups.map { group in
      let numbers = group.numbers.filter { number in
        !RiskArea.all.contains { $0.covers(number.id) }
      }
      let head = groups.count > 1 ? "### \(MarkdownText.escaped(group.name))\n\n" : ""
      return numbers.isEmpty ? "" : head + Self.table(numbers).markdown()
    }
    let text = tables.filter { !$0.isEmpty }.joined(separator: "\n")
    return "## What was measured\n\n"
      + (text.isEmpty ? "Nothing beyond the risks below." : "\(text)\n\(Self.caption)")
  }

  private static let caption =
    "Intervals are of 95 %. n: examples, people or other units behind a value, and seeds where there are several."

  private var audits: String {
    let audits = content.groups.filter { $0.audit != nil }
    guard !content.isAudit else { return "" }
    guard !audits.isEmpty else {
      return """
        ## Audits

        The store has no audit of this model. `touchstone audit --run FOLDER --data DATA` makes one.
        """
    }
    let lines = audits.map { audit in
      "- \(audit.audit ?? ""), on \(MarkdownText.escaped(audit.data)): \(audit.numbers.count) findings"
    }
    return "## Audits\n\nThe risks below are also from these audits:\n\n"
      + lines.joined(separator: "\n")
  }

  private var risks: String {
    let sections = RiskArea.all.map { area in
      let found = content.groups.compactMap { group -> String? in
        let numbers = group.numbers.filter { area.covers($0.id) }
        guard !numbers.isEmpty else { return nil }
        let head =
          content.groups.count > 1
          ? "\(MarkdownText.escaped(group.name))\(group.audit.map { ", audit \($0)" } ?? ""):\n\n"
          : ""
        return head + Self.table(numbers).markdown()
      }
      let text =
        found.isEmpty
        ? area.missing
        : found.joined(separator: "\n")
      return "### \(area.title): \(area.meaning)\n\n\(text.trimmingCharacters(in: .newlines))"
    }
    return """
      ## Risks and limits

      What attacks found is a lower bound on what there is to find: a stronger attack can only find more. What is \
      not measured is not known, and no reason for trust. What the model is meant for is not in the store: whoever \
      publishes it says so.

      \(sections.joined(separator: "\n\n"))
      """
  }

  /// Where a number does not say of how many examples it is, the words on how it was measured do.
  private static func table(_ numbers: [ModelCardContent.Number]) -> TextTable {
    let isCounted = numbers.contains { $0.examples != nil || $0.seeds > 1 }
    let isTold = numbers.contains { $0.examples == nil && !$0.detail.isEmpty }
    var columns: [TextTable.Column] = [
      .init("finding"), .init("value", .trailing), .init("95 % interval", .trailing),
    ]
    if isCounted { columns.append(.init("n", .trailing)) }
    columns += [.init("better"), .init("name")]
    if isTold { columns.append(.init("how")) }
    var table = TextTable(columns)
    for number in numbers {
      let size = ExperimentText.size(
        seeds: number.seeds, examples: number.examples.map { $0...$0 })
      table.append(
        [
          number.title, SweepText.value(number.value, unit: number.unit),
          SweepText.interval(number.interval, unit: number.unit),
        ] + (isCounted ? [size] : []) + [number.better.rawValue, number.id]
          + (isTold ? [number.examples == nil ? number.detail : ""] : []))
    }
    return table
  }

  // MARK: How

  private var how: String {
    let circumstances = RunCircumstances(content.runs)
    let seeds = Set(content.runs.compactMap(\.seed)).sorted { ($0.count, $0) < ($1.count, $1) }
    let seconds = content.runs.compactMap(\.seconds).reduce(0, +)
    let ids = content.runs.map(\.id)
    let more = ids.count > 12 ? " and \(ids.count - 12) more" : ""
    let rows: [(String, String)] = [
      ("runs", ids.prefix(12).joined(separator: ", ") + more),
      ("finished", content.isSweep ? "\(content.runs.count) of \(content.runCount)" : "yes"),
      ("seeds", seeds.joined(separator: ", ")),
      ("commit", circumstances.commits.joined(separator: ", ")),
      ("versions", circumstances.versions.joined(separator: ", ")),
      ("machine", circumstances.machines.joined(separator: ", ")),
      ("computing time", NumberText.duration(seconds)),
      ("card by", "touchstone \(version)"),
    ]
    let table = TextTable(
      [.init("what"), .init("value")],
      rows: rows.filter { !$0.1.isEmpty }.map { [$0.0, $0.1] })
    return "## How it was measured\n\n\(table.markdown())"
  }

  private var again: String {
    let code = "## How to make it again\n\n```sh\n\(ModelCardCommand(content).text)\n```"
    guard !content.isAudit, !content.isSweep else { return code }
    return code
      + "\n\nThe settings above, written to a file with `recipe: \(content.kind)` on top, are a recipe "
      + "of their own."
  }
}
