import Foundation
import Reports
import Runs

/// What is sent to somebody who watches a run: its figures whenever they change, and its end
/// (server-sent events).
struct CurveEvents: Sendable {
  /// What to send next.
  enum Step: Equatable {
    /// An event, or a comment that shows that the line is not dead.
    case text(String)
    /// Nothing for now.
    case nothing
    /// The last event.
    case last(String)
  }

  /// How long to wait between two looks.
  let interval: Duration
  private let id: String
  private let door: StoreDoor
  private var curves: RunCurves
  private var isFirst = true
  private var quiet = Duration.zero
  /// After so long without news a comment is sent, which finds out whether anybody still listens.
  private static let longestQuiet = Duration.seconds(10)

  /// - Throws: ``StoreError``.
  init(of run: RunRecord, door: StoreDoor, interval: Duration) throws(StoreError) {
    id = run.id
    self.door = door
    self.interval = interval
    curves = try RunCurves(of: run, in: door.store())
  }

  /// Looks at the run.
  mutating func next() -> Step {
    let state: String
    do {
      // The state is read first, so that what a run writes before it ends is in the last event.
      state = try door.store().run(id).state
    } catch {
      return .last(event("end", ["state": .string("unknown"), "reason": .string("\(error)")]))
    }
    let isNew = curves.update()
    if state != RunRecord.Status.running.rawValue, state != RunRecord.Status.planned.rawValue {
      return .last(figures(state) + event("end", ["state": .string(state)]))
    }
    if isNew || isFirst {
      isFirst = false
      quiet = .zero
      return .text(figures(state))
    }
    quiet += interval
    guard quiet >= Self.longestQuiet else { return .nothing }
    quiet = .zero
    return .text(": still here\n\n")
  }

  private func figures(_ state: String) -> String {
    let figures = CurveFigure.figures(of: curves.curves).map { figure -> JSONValue in
      [
        "name": .string(figure.title), "main": .bool(figure.isMain),
        "html": .string(figure.html.text),
      ]
    }
    return event(
      "curves",
      [
        "state": .string(state), "step": curves.step.map { .integer($0) } ?? .null,
        "figures": .array(figures),
      ])
  }

  private func event(_ name: String, _ data: JSONObject) -> String {
    // JSON has no line feeds outside of texts, where they are escaped: one line of data is enough.
    "event: \(name)\ndata: \(JSONValue.object(data).text())\n\n"
  }
}
