import Foundation
import Reports
import Runs

/// Says how far a sweep is, and how long it will still take.
final class SweepProgress: @unchecked Sendable {
  private let count: Int
  private let jobs: Int
  private let voice: ProgressLine
  private let lock = NSLock()
  private var done = 0
  private var seconds: [Double] = []

  init(count: Int, jobs: Int, voice: ProgressLine) {
    self.count = count
    self.jobs = jobs
    self.voice = voice
  }

  func note(_ event: SweepRunner.Event) {
    lock.withLock {
      switch event {
      case .started(let member): say("begins", member)
      case .finished(let member, let run, let isNew):
        done += 1
        if isNew, let time = run.seconds { seconds.append(time) }
        if isNew { say("is done after \(NumberText.duration(run.seconds ?? 0))\(rest)", member) }
      case .failed(let member, let message):
        done += 1
        say("failed: \(message)", member)
      case .elsewhere(let member): say("is worked on by another process", member)
      }
    }
  }

  private func say(_ what: String, _ member: SweepMember) {
    voice.say("\(done)/\(count) \(member.variant), seed \(member.seed) \(what)")
  }

  private var rest: String {
    guard !seconds.isEmpty, done < count else { return "" }
    let mean = seconds.reduce(0, +) / Double(seconds.count)
    let left = mean * Double(count - done) / Double(min(jobs, count - done))
    return ", about \(NumberText.duration(left)) left"
  }
}
