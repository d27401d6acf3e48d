import Foundation
import Runs

/// The run store as pages: takes a request, gives an answer, changes nothing.
///
/// It knows nothing of sockets, so that every answer can be asked for without a server.
public struct Dashboard: Sendable {
  private let door: StoreDoor
  /// How long watchers wait between two looks at a run.
  private let interval: Duration

  /// A dashboard over a store.
  ///
  /// - Parameters:
  ///   - storePath: the store's file.
  ///   - interval: how often a run that goes on is looked at for those who watch it.
  /// - Throws: `StoreError` when there is no store at the path, or none that can be read.
  public init(storePath: String, interval: Duration = .seconds(1)) throws(StoreError) {
    door = StoreDoor(path: storePath)
    self.interval = interval
    _ = try door.store()
  }

  /// The answer to a request; errors are answers too.
  ///
  /// - Parameter access: who may look.
  func response(to request: HTTPRequest, access: AccessPolicy) -> HTTPResponse {
    var response: HTTPResponse
    do {
      let cookie = try access.check(request)
      response = try answer(request)
      if let cookie { response.fields.append(("Set-Cookie", cookie)) }
    } catch let refusal as HTTPRefusal {
      response = ErrorPage.response(refusal)
    } catch let error as StoreError {
      response = ErrorPage.response(error)
    } catch {
      response = ErrorPage.response(HTTPRefusal(.failed, "\(error.localizedDescription)"))
    }
    return response
  }

  private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
    guard ["GET", "HEAD"].contains(request.method) else {
      throw HTTPRefusal(.methodNotAllowed, "the dashboard can be read and nothing else")
    }
    let target = request.target
    let path = target.path
    switch (path.first, path.count) {
    case (nil, _): return try RunListPage(target).response(from: door.store())
    case ("static", 2): return try asset(path[1])
    case ("compare", 1): return try ComparePage(target).response(from: door.store())
    case ("sweeps", 1): return try SweepListPage(target).response(from: door.store())
    case ("runs", 2...): return try run(path)
    case ("sweeps", 2...): return try sweep(path)
    default: throw Self.noPage
    }
  }

  private static let noPage = HTTPRefusal(.notFound, "there is no such page")

  private func asset(_ name: String) throws(HTTPRefusal) -> HTTPResponse {
    switch name {
    case "style.css":
      HTTPResponse(
        type: "text/css; charset=utf-8", policy: ContentPolicy.nothing,
        body: .bytes(Data(DashboardStyle.sheet.utf8)))
    case "script.js":
      HTTPResponse(
        type: "text/javascript; charset=utf-8", policy: ContentPolicy.nothing,
        body: .bytes(Data(DashboardScript.text.utf8)))
    default: throw Self.noPage
    }
  }

  private func run(_ path: [String]) throws -> HTTPResponse {
    let store = try door.store()
    let run = try store.run(path[1])
    if path.count == 2 { return try RunDetailPage(run: run, store: store).response() }
    switch path[2] {
    case "files" where path.count > 3: return try file(Array(path[3...]), in: run.folder)
    case "events" where path.count == 3:
      return HTTPResponse(
        type: "text/event-stream", policy: ContentPolicy.nothing,
        body: .events(try CurveEvents(of: run, door: door, interval: interval)))
    default: throw Self.noPage
    }
  }

  private func sweep(_ path: [String]) throws -> HTTPResponse {
    let store = try door.store()
    let sweep = try store.sweep(path[1])
    if path.count == 2 { return try SweepDetailPage(sweep: sweep, store: store).response() }
    guard path.count == 4, path[2] == "files" else { throw Self.noPage }
    return try file([path[3]], in: sweep.folder)
  }

  private func file(_ names: [String], in folder: String) throws(HTTPRefusal) -> HTTPResponse {
    let file = try ServedFolder(path: folder).open(names)
    return HTTPResponse(
      type: file.type.contentType, policy: ContentPolicy.file, body: .file(file))
  }
}
