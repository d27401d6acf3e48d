import Foundation
import Reports
import Runs
import Testing

@testable import Dashboard

@Suite("Pages")
struct PageTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("runs are listed newest first, filtered, and in pages")
  func list() throws {
    #expect(try scratch.page("/").contains("No runs."))
    var ids: [String] = []
    for index in 0..<53 {
      ids.append(try scratch.record("r\(index)", recipe: "Recipes/other\(index % 2).yaml").id)
    }
    let audit = try scratch.finished("audit", kind: "audit", recipe: "Recipes/a&b.yaml")
    let first = try scratch.page("/")
    #expect(first.contains("1 to 50 of 54"))
    #expect(first.contains("href=\"/?page=2\"") && !first.contains("rel=\"prev\""))
    #expect(first.contains("25.0%") && first.contains("24.0 to 27.0%"))
    let places = try [audit.id, ids[52], ids[5]].map { id in
      try #require(first.range(of: "/runs/\(id)")).lowerBound
    }
    #expect(places == places.sorted())
    #expect(!first.contains(ids[0]))
    let second = try scratch.page("/?page=2")
    #expect(second.contains("51 to 54 of 54") && second.contains(ids[0]))
    #expect(second.contains("rel=\"prev\" href=\"/\""))
    let audits = try scratch.page("/?kind=audit&recipe=a%26b&status=finished")
    #expect(audits.contains("1 to 1 of 1") && audits.contains(audit.id))
    #expect(audits.contains("value=\"a&amp;b\""))
    #expect(audits.contains("<option value=\"audit\" selected>"))
    #expect(try scratch.page("/?recipe=other1").contains("1 to 26 of 26"))
    #expect(try scratch.page("/?kind=nothing").contains("No runs."))
  }

  @Test(
    "pages that are not there and filters that are none are refused",
    arguments: [
      ("/?page=0", HTTPStatus.badRequest), ("/?page=-1", .badRequest), ("/?page=x", .badRequest),
      ("/?page=1000001", .badRequest), ("/?page=99999999999999999999", .badRequest),
      ("/?page=2", .notFound), ("/?page=1000000", .notFound), ("/?status=odd", .badRequest),
      ("/sweeps?page=9", .notFound), ("/sweeps?page=1e3", .badRequest), ("/?sweep=nil", .notFound),
      ("/nothing", .notFound), ("/runs", .notFound), ("/runs/nil", .notFound),
      ("/sweeps/nil", .notFound), ("/static/x", .notFound), ("/compare/x", .notFound),
      ("/compare", .badRequest), ("/compare?run=a", .badRequest),
      ("/compare?run=a&run=a", .badRequest), ("/compare?run=a&run=b", .notFound),
      ("/compare?run=a&run=b&run=c&run=d&run=e&run=f&run=g", .badRequest),
    ])
  func refused(address: String, status: HTTPStatus) throws {
    let response = try scratch.ask(address)
    #expect(response.status == status)
    #expect(response.text.contains(status.phrase))
  }

  @Test(
    "only reading is possible", arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"])
  func methods(method: String) throws {
    let response = try scratch.ask("/", method: method)
    #expect(response.status == .methodNotAllowed)
    #expect(response["Allow"] == "GET, HEAD")
  }

  @Test("a run's page has its findings, curves, pictures, settings and files")
  func run() throws {
    let run = try scratch.finished("a", variant: "wide", seed: 7)
    try scratch.write("a/metrics.csv", "step,loss,a.weight\n0,2,1\n1,1,1\n")
    try scratch.write("a/report.html", "<p>report</p>")
    try scratch.write("a/pictures/one two.png", "x")
    try scratch.write("a/weights.safetensors", "x")
    let page = try scratch.page("/runs/\(run.id)")
    for part in [
      "r (tiny), wide", "seed 7", "25.0%", "24.0 to 27.0%", "data-curve=\"loss\"", "1 at step 1",
      "href=\"/runs/\(run.id)/files/report.html\"", "Open report.html",
      "src=\"/runs/\(run.id)/files/pictures/one%20two.png\"", "model.name",
      "href=\"/runs/\(run.id)/files/metrics.csv\"", "1 more figures",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("safetensors") && !page.contains("data-events"))
    let report = try scratch.ask("/runs/\(run.id)/files/report.html")
    #expect(report.status == .ok && report.text == "<p>report</p>")
    #expect(report["Content-Security-Policy"]?.hasPrefix("sandbox allow-scripts;") == true)
    #expect(try scratch.ask("/runs/\(run.id)/files/weights.safetensors").status == .notFound)
    #expect(try scratch.ask("/runs/\(run.id)/files/.lock").status == .notFound)
    #expect(try scratch.ask("/runs/\(run.id)/files").status == .notFound)
  }

  @Test("curves come from the store where the folder is gone")
  func stored() throws {
    let run = try scratch.finished("a")
    try scratch.store.write(
      [.init("loss", step: 0, value: 4), .init("loss", step: 9, value: 3)], of: run)
    try FileManager.default.removeItem(atPath: run.folder)
    let page = try scratch.page("/runs/\(run.id)")
    #expect(page.contains("3 at step 9") && page.contains("that the store kept"))
  }

  @Test("a run that goes on is watched; one that failed says why")
  func states() throws {
    let run = try scratch.record("a")
    let session = try RunSession(run, in: scratch.store, environment: Scratch.environment)
    #expect(try scratch.page("/runs/\(run.id)").contains("data-events=\"/runs/\(run.id)/events\""))
    struct Broken: LocalizedError { var errorDescription: String? { "no <luck>" } }
    #expect(throws: Broken.self) { _ = try session.perform { _ in throw Broken() } }
    let page = try scratch.page("/runs/\(run.id)")
    #expect(page.contains("no &lt;luck&gt;") && !page.contains("data-events"))
  }

  @Test("runs stand side by side")
  func compare() throws {
    let one = try scratch.finished("a", variant: "narrow", error: 0.25)
    let two = try scratch.finished("b", variant: "wide", error: 0.5)
    try scratch.write("a/metrics.csv", "step,loss\n0,2\n1,1\n")
    try scratch.write("b/metrics.csv", "step,loss\n0,3\n1,2\n")
    let page = try scratch.page("/compare?run=\(one.id)&run=\(two.id)")
    for part in [
      "2 runs side by side", "narrow, seed 0", "wide, seed 0", "25.0%", "49.0 to 52.0%",
      "data-curve=\"loss\"", "The last values: narrow, seed 0: 1; wide, seed 0: 2.",
      "touchstone runs compare \(one.id) \(two.id)", "Settings that differ", "model.name",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(page.contains("No run was judged on the examples of narrow, seed 0"))
  }

  @Test("differences have the p values of the command where runs were judged on the same examples")
  func tested() throws {
    let wrong = [(0..<100).map { $0 < 20 }, (0..<100).map { $0 < 30 }, (0..<100).map { $0 < 12 }]
    let examples = ["digits", "digits", "clothes"]
    let runs = try zip(wrong, examples).enumerated().map { index, entry in
      try scratch.finished(
        "c\(index)", variant: "v\(index)", error: Double(entry.0.count { $0 }) / 100,
        outcomes: Outcomes(entry.0, of: entry.1))
    }
    // Ten examples that only one gets wrong: 2 / 2^10.
    let both = try scratch.page("/compare?run=\(runs[0].id)&run=\(runs[1].id)")
    #expect(both.contains("<small>+10.00 points</small><small>p = 0.002</small>"), "\(both)")
    #expect(both.contains("McNemar") && !both.contains("No run was judged"))
    let table = try RunComparison(of: Array(runs[..<2]), in: scratch.store).table.text()
    #expect(table.contains("+10.00 points  0.002     0.002"), "\(table)")
    // Equally many examples, but other ones.
    let others = try scratch.page("/compare?run=\(runs[0].id)&run=\(runs[2].id)")
    #expect(others.contains("No run was judged") && !others.contains("<small>p "))
  }

  @Test("a run has one colour in all figures, and its name where it is alone")
  func colours() throws {
    let runs = try ["a", "b"].map { try scratch.finished($0, variant: $0, error: 0.25) }
    try scratch.write("a/metrics.csv", "step,loss\n0,2\n1,1\n")
    try scratch.write("b/metrics.csv", "step,loss,penalty\n0,3,4\n1,2,5\n")
    let page = try scratch.page("/compare?run=\(runs[0].id)&run=\(runs[1].id)")
    let start = try #require(page.range(of: "data-curve=\"penalty\""))
    let figure = page[start.lowerBound...].prefix { $0 != "<" } + page[start.upperBound...]
    #expect(figure.contains("<p>b, seed 0: 5 at step 1.</p>"))
    #expect(figure.contains("--series-2") && !figure.contains("--series-1"))
    // What the script reads: a curve without another one beside it needs a name all the same.
    #expect(
      figure.contains(
        "[[&quot;b, seed 0&quot;,[[0,&quot;4&quot;],[1,&quot;5&quot;]]]]"), "\(figure)")
  }

  @Test("sweeps are listed with their runs and their page")
  func sweeps() throws {
    #expect(try scratch.page("/sweeps").contains("No sweeps"))
    let sweep = try scratch.store.recordSweep(
      id: "5eed", recipe: "Recipes/s.yaml", profile: "quick", settings: "{}",
      folder: scratch.path("sweep"))
    for (index, variant) in ["plain", "<b>bold</b>"].enumerated() {
      let run = try scratch.finished("s\(index)", variant: variant)
      try scratch.store.add(
        run, to: sweep, rung: 0, variant: variant, seed: 0, position: index)
    }
    try scratch.write("sweep/ablation.html", "<p>ablation</p>")
    try scratch.write("sweep/plain/seed-0/report.html", "x")
    #expect(try scratch.page("/sweeps").contains("href=\"/sweeps/5eed\""))
    let page = try scratch.page("/sweeps/5eed")
    #expect(page.contains("2 of 2 runs finished") && page.contains("Open ablation.html"))
    #expect(page.contains("&lt;b&gt;bold&lt;/b&gt;") && !page.contains("<b>bold"))
    #expect(try scratch.page("/sweeps/5eed/files/ablation.html") == "<p>ablation</p>")
    #expect(
      try scratch.ask("/sweeps/5eed/files/plain/seed-0/report.html").status == .notFound)
    #expect(try scratch.page("/?sweep=5eed").contains("1 to 2 of 2"))
    let run = try #require(try scratch.store.members(of: sweep).first).run
    #expect(try scratch.page("/runs/\(run.id)").contains("href=\"/sweeps/5eed\""))
  }

  @Test("hostile text is text everywhere")
  func hostile() throws {
    let attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    // What stands between slashes cannot have one.
    let name = attack.replacing("/", with: "")
    let one = try scratch.finished(
      "a", kind: attack, recipe: attack, variant: attack, title: attack)
    let two = try scratch.finished(
      "b", kind: attack, recipe: attack, variant: attack + "2", title: attack)
    try scratch.write("a/metrics.csv", "step,\(attack),\(attack).weight\n0,1,1\n1,2,2\n")
    try scratch.write("a/\(name).png", "x")
    try scratch.store.tag(one, "plain")
    let sweep = try scratch.store.recordSweep(
      id: name, recipe: attack, profile: attack, settings: "{}", folder: scratch.path("a"))
    try scratch.store.add(one, to: sweep, rung: 0, variant: attack, seed: 0, position: 0)
    let query = RequestTarget.encoded(attack)
    let place = RequestTarget.encoded(name)
    for address in [
      "/", "/?recipe=\(query)", "/?variant=\(query)", "/?tag=\(query)", "/?kind=\(query)",
      "/?sweep=\(place)", "/runs/\(one.id)", "/sweeps", "/sweeps/\(place)",
      "/compare?run=\(one.id)&run=\(two.id)", "/runs/\(place)",
      "/?status=\(query)", "/?page=\(query)",
    ] {
      let response = try scratch.ask(address)
      let text = response.text
      #expect(!text.contains("<script>"), "\(address)")
      #expect(!text.contains("<img src=x"), "\(address)")
      #expect(!text.contains("alert(1)\""), "\(address)")
      #expect(response["Content-Security-Policy"]?.contains("script-src 'self';") == true)
    }
    #expect(try scratch.page("/runs/\(one.id)").contains("&lt;script&gt;alert(1)"))
  }

  @Test("every page forbids to load anything from elsewhere, and itself names nothing there")
  func resources() throws {
    let run = try scratch.finished("a")
    for address in ["/", "/sweeps", "/runs/\(run.id)", "/static/style.css", "/static/script.js"] {
      let response = try scratch.ask(address)
      #expect(response.status == .ok)
      #expect(response["X-Content-Type-Options"] == "nosniff")
      #expect(response["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
      #expect(response["Referrer-Policy"] == "no-referrer")
      let text = response.text.replacing("http://www.w3.org/2000/svg", with: "")
      #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("url("))
    }
    #expect(try scratch.ask("/static/style.css")["Content-Type"] == "text/css; charset=utf-8")
  }

  @Test("a store that vanishes is an error page, one that comes back is read")
  func vanishing() throws {
    try scratch.finished("a")
    let dashboard = try scratch.dashboard()
    func status() throws -> HTTPStatus {
      let request = HTTPRequest(
        target: try RequestTarget("/"), fields: [("host", "localhost")])
      let response = dashboard.response(to: request, access: Scratch.open)
      if response.status == .unavailable {
        #expect(response.text.contains("no run store at"))
        #expect(response["Retry-After"] == "5")
      }
      return response.status
    }
    #expect(try status() == .ok)
    let path = scratch.store.path
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    #expect(try status() == .unavailable)
    let other = try RunStore(at: path)
    #expect(try status() == .ok)
    withExtendedLifetime(other) {}
    #expect(throws: StoreError.missing(path: scratch.path("none"))) {
      try Dashboard(storePath: scratch.path("none"))
    }
  }
}
