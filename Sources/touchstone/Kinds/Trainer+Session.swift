import Foundation
import Reports
import Runs
import Training

extension Trainer {
  /// Trains in a session, which is told every value; the store keeps about 200 steps of a run.
  ///
  /// - Parameter folder: where the trainer writes.
  /// - Returns: whether all was done; false when somebody asked to stop.
  func run(in session: RunSession, folder: URL) throws -> Bool {
    let stride = max(1, totalSteps / 200)
    var isFirst = true
    let outcome = try run { state in
      let step = state.step - 1
      if isFirst { try session.restart(at: step) }
      isFirst = false
      try session.log(step: step, state.values, isStored: step % stride == 0)
      session.update(
        state.step, of: state.totalSteps, "loss \(NumberText.short(state.loss, digits: 3))")
    }
    if outcome == .interrupted { return false }
    try session.replaceSeries(
      Trainer.metrics(in: folder).filter { $0.step % stride == 0 }.flatMap { row in
        row.values.map { .init($0.name, step: row.step, value: $0.value) }
      })
    return true
  }
}
