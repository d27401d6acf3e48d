import Foundation
import Reports
import Runs

/// What several pages show in the same way.
enum PageParts {
  /// The state of a run, in its colour.
  static func badge(_ state: String) -> HTML {
    let tone =
      switch state {
      case RunRecord.Status.finished.rawValue: "pass"
      case RunRecord.Status.failed.rawValue, "killed": "fail"
      case RunRecord.Status.interrupted.rawValue: "warn"
      default: "info"
      }
    return "<span class=\"badge tone-\(tone)\">\(state)</span>"
  }

  /// What a run is called: recipe, profile, variant.
  static func name(of run: RunRecord) -> String {
    [name(ofRecipe: run.recipe, profile: run.profile), run.variant].compactMap(\.self)
      .joined(separator: ", ")
  }

  /// What a recipe is called, with its profile.
  static func name(ofRecipe path: String, profile: String?) -> String {
    let recipe = URL(filePath: path).deletingPathExtension().lastPathComponent
    return recipe + (profile.map { " (\($0))" } ?? "")
  }

  /// The box by which a run is chosen.
  static func pick(_ run: RunRecord) -> HTML {
    """
    <label class="pick"><input type="checkbox" name="run" value="\(run.id)" \
    aria-label="Choose \(run.id)"></label>
    """
  }

  /// A finding's value over its title; nothing where there is none.
  static func value(_ finding: RunFinding?) -> HTML {
    finding.map { "\($0.valueText)<small>\($0.title)</small>" as HTML } ?? ""
  }

  /// What tells runs of one name apart.
  static func details(of run: RunRecord, tags: [String] = []) -> String {
    ([run.kind] + (run.seed.map { ["seed \($0)"] } ?? []) + tags).joined(separator: " · ")
  }

  static func time(_ date: Date) -> HTML {
    let text = NumberText.time(date)
    return """
      <time datetime="\(text.replacingOccurrences(of: " ", with: "T"))Z">\(text.dropLast(3)
        .description)</time>
      """
  }

  /// Where a list goes on.
  ///
  /// - Parameter address: the address of a page by its number.
  static func pager(_ place: PagePlace, total: Int, address: (Int) -> String) -> HTML {
    guard total > 0 else { return "" }
    let first = place.offset + 1
    let last = min(total, place.offset + place.size)
    let newer: HTML =
      place.number > 1
      ? "<a rel=\"prev\" href=\"\(address(place.number - 1))\">Newer</a> " : ""
    let older: HTML =
      last < total ? "<a rel=\"next\" href=\"\(address(place.number + 1))\">Older</a>" : ""
    return """
      <nav class="pager" aria-label="Parts of the list">\
      <span>\(first) to \(last) of \(total)</span> \(newer)\(older)</nav>

      """
  }

  /// Files with their lengths, and pages of the folder as buttons.
  static func files(_ entries: [ServedFolder.Entry], of page: String) -> HTML {
    guard !entries.isEmpty else { return "" }
    let rows = entries.map { entry -> HTML in
      """
      <tr><td><a href="\(PageAddress.file(entry.path, of: page))">\(entry.name)</a></td>\
      <td class="right">\(size(entry.size))</td></tr>

      """
    }
    let more: HTML =
      entries.count < ServedFolder.most
      ? "" : "<p class=\"caption\">The first \(ServedFolder.most) files.</p>"
    return """
      <h2 id="files">Files</h2>
      <div class="card"><table class="files"><thead><tr><th scope="col">File</th>\
      <th scope="col" class="right">Size</th></tr></thead>
      <tbody>
      \(rows)</tbody></table>\(more)</div>

      """
  }

  /// The pages of a folder, the most important things in it.
  static func pages(_ entries: [ServedFolder.Entry], of page: String) -> HTML {
    let links = entries.filter { $0.type == .html && $0.path.count == 1 }.map { entry -> HTML in
      "<a class=\"button\" href=\"\(PageAddress.file(entry.path, of: page))\">Open \(entry.name)</a> "
    }
    return links.isEmpty ? "" : "<p class=\"buttons\">\(links)</p>\n"
  }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<1000: "\(bytes) B"
    case ..<1_000_000: NumberText.short(Double(bytes) / 1000, digits: 3) + " kB"
    default: NumberText.short(Double(bytes) / 1_000_000, digits: 3) + " MB"
    }
  }
}

/// A page of a list.
struct PagePlace: Equatable {
  /// From 1.
  let number: Int
  /// How many rows there are on it.
  let size: Int

  /// The highest number of a page that is taken for one.
  static let highest = 1_000_000

  var offset: Int { (number - 1) * size }

  /// The page that the parameter `page` says; the first without it.
  init(_ target: RequestTarget, size: Int) throws(HTTPRefusal) {
    self.size = size
    guard let text = target["page"] else {
      number = 1
      return
    }
    guard let number = Int(text), (1...Self.highest).contains(number) else {
      throw HTTPRefusal(.badRequest, "page must be a number from 1 to \(Self.highest)")
    }
    self.number = number
  }

  /// Refuses a page after the last.
  func check(total: Int) throws(HTTPRefusal) {
    guard number == 1 || offset < total else {
      throw HTTPRefusal(.notFound, "the list has no page \(number)")
    }
  }
}
