import Foundation
import Reports
import Runs

/// Says how far a sweep is, and how long it will still take.
final class SweepProgress: @unchecked Sendable {
  private let members: [SweepMember]
  private let jobs: Int
  private let voice: ProgressLine
  private let lock = NSLock()
  private var done: Set<String> = []
  private var seconds: [String: [Double]] = [:]

  init(_ members: [SweepMember], jobs: Int, voice: ProgressLine) {
    self.members = members
    self.jobs = jobs
    self.voice = voice
  }

  func note(_ event: SweepRunner.Event) {
    lock.withLock {
      switch event {
      case .started(let member): say("begins", member)
      case .finished(let member, let run, let isNew):
        done.insert(run.id)
        if isNew, let time = run.seconds { seconds[member.variant, default: []].append(time) }
        if isNew { say("is done after \(NumberText.duration(run.seconds ?? 0))\(rest)", member) }
      case .failed(let member, let message):
        done.insert(member.run.id)
        say("failed: \(message)", member)
      case .elsewhere(let member): say("is worked on by another process", member)
      }
    }
  }

  private func say(_ what: String, _ member: SweepMember) {
    voice.say("\(done.count)/\(members.count) \(member.variant), seed \(member.seed) \(what)")
  }

  /// Variants take different times, so each that is left counts with the mean of its own kind.
  private var rest: String {
    let left = members.filter { !done.contains($0.run.id) }
    let all = seconds.values.joined()
    guard !all.isEmpty, !left.isEmpty else { return "" }
    func mean(_ values: some Collection<Double>) -> Double {
      values.reduce(0, +) / Double(values.count)
    }
    let total = left.reduce(0) { $0 + (seconds[$1.variant].map { mean($0) } ?? mean(all)) }
    let time = NumberText.duration(total / Double(min(jobs, left.count)))
    return ", about \(time) left"
  }
}
