import Foundation
import Reports
import Runs

/// The list of sweeps, the newest first.
struct SweepListPage {
  /// How many sweeps are on a page.
  static let size = 50

  private let place: PagePlace

  init(_ target: RequestTarget) throws(HTTPRefusal) {
    place = try PagePlace(target, size: Self.size)
  }

  func response(from store: RunStore) throws -> HTTPResponse {
    let (sweeps, total) = try store.sweeps(skipping: place.offset, limit: place.size)
    try place.check(total: total)
    guard !sweeps.isEmpty else {
      return PageFrame(title: "Sweeps", lead: "No sweeps; touchstone ablate makes one.")
        .response("")
    }
    let rows = sweeps.map { sweep -> HTML in
      """
      <tr role="row"><th scope="row" role="rowheader"><a href="\(PageAddress.sweep(sweep.id))">\
      \(PageParts.name(ofRecipe: sweep.recipe, profile: sweep.profile))</a><small>\(sweep.recipe)</small>\
      <code>\(sweep.id)</code></th>\
      <td role="cell" class="right">\(PageParts.time(sweep.created))</td></tr>

      """
    }
    return PageFrame(title: "Sweeps").response(
      """
      <div class="card"><table class="findings stack runs" role="table" aria-label="Sweeps">
      <thead><tr role="row"><th scope="col" role="columnheader">Sweep</th>\
      <th scope="col" role="columnheader" class="right">Recorded, UTC</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      <div class="below">\(PageParts.pager(place, total: total) { "/sweeps?page=\($0)" })</div>

      """)
  }
}
