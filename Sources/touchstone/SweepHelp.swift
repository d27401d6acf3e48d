import Foundation
import Runs
import Torch

/// Does runs of a sweep for the process that keeps its store.
struct SweepHelp {
  let group: ProcessGroup
  let jobs: Int

  /// What a run came to, and how its process ended.
  struct Answer: Codable {
    let parcel: RunParcel
    let code: Int32
    let isKilled: Bool

    var ending: SweepRunner.Ending { isKilled ? .killed(signal: code) : .exited(code) }
  }

  static let end = "sweep/end"
  static func request(_ rank: Int, _ number: Int) -> String { "sweep/request/\(rank)/\(number)" }
  static func answer(_ rank: Int, _ number: Int) -> String { "sweep/answer/\(rank)/\(number)" }

  /// Works until there is nothing left to do. Collective.
  func serve() async throws {
    _ = try group.gather("\(jobs)")
    let lifeLine = try LifeLinePipe()
    let scratch = URL(filePath: Job.folder("runs"))
    let store = try RunStore(at: Job.store("store"), for: .writing)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      var number = 1
      while try group.published(Self.end) == nil {
        let name = Self.request(group.rank, number)
        if let data = try group.published(name) {
          try group.forget(name)
          let (folder, own) = (scratch.appending(path: "\(number)"), number)
          tasks.addTask {
            try await answer(data, number: own, folder: folder, store: store, lifeLine)
          }
          number += 1
        } else {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      tasks.cancelAll()
    }
  }

  private func answer(
    _ data: Data, number: Int, folder: URL, store: RunStore, _ lifeLine: LifeLinePipe
  ) async throws {
    var request = try JSONDecoder().decode(NewRun.self, from: data)
    request.folder = folder.path
    let record = try store.record(
      request, environment: Versions.environment, reusing: .sameFolder)
    let ending = try await RunProcess.launch(
      record, store: store.path, tensorBoard: nil, lifeLine: lifeLine)
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let parcel = try store.parcel(of: record)
    let (code, isKilled) =
      switch ending {
      case .exited(let code): (code, false)
      case .killed(let signal): (signal, true)
      }
    try group.publish(
      try encoder.encode(Answer(parcel: parcel, code: code, isKilled: isKilled)),
      as: Self.answer(group.rank, number))
    try FileManager.default.removeItem(at: folder)
  }
}
