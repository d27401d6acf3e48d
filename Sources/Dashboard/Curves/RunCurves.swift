import Foundation
import Runs

/// All curves of a run: from the logs in its folder, or, where there are none, from the store.
struct RunCurves: Sendable {
  /// How many logs are read.
  private static let mostLogs = 4
  /// How many curves are read from the store.
  private static let mostStored = 60

  private let folder: ServedFolder
  private var readers: [MetricsReader] = []
  private var stored: [Curve] = []

  /// Reads the curves of a run as they are now.
  ///
  /// - Throws: ``StoreError``.
  init(of run: RunRecord, in store: RunStore) throws(StoreError) {
    folder = ServedFolder(path: run.folder)
    _ = update()
    if curves.isEmpty { try readStored(run, in: store) }
  }

  /// The curves that have values, those of logs in folders of the run's with the folder's name.
  var curves: [Curve] {
    let logged = readers.flatMap { reader in
      reader.curves.map { curve in
        var named = Curve((reader.path.dropLast() + [curve.name]).joined(separator: "/"))
        named.sketch = curve.sketch
        return named
      }
    }
    return (logged + stored).filter { $0.sketch.latest != nil }
  }

  /// The names of the logs.
  var logs: [String] { readers.map { $0.path.joined(separator: "/") } }

  /// The last step of the log that was read last.
  var step: Int? {
    readers.last?.step ?? stored.compactMap { $0.sketch.latest?.step }.max().map { Int($0) }
  }

  /// Reads what is new in the logs; returns whether anything is.
  mutating func update() -> Bool {
    let known = Set(readers.map(\.path))
    let logs = folder.entries().filter { $0.path.last == "metrics.csv" }.map(\.path)
    for path in logs.prefix(Self.mostLogs) where !known.contains(path) {
      readers.append(MetricsReader(path))
    }
    var isNew = false
    for index in readers.indices {
      if readers[index].update(in: folder) { isNew = true }
    }
    if isNew { stored = [] }
    return isNew
  }

  private mutating func readStored(
    _ run: RunRecord, in store: RunStore
  ) throws(StoreError) {
    for name in try store.seriesNames(of: run).prefix(Self.mostStored) {
      var curve = Curve(name)
      for point in try store.series(name, of: run) {
        curve.sketch.append(step: point.step, value: point.value)
      }
      stored.append(curve)
    }
  }
}
