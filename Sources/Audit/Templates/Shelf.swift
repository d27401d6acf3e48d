import Foundation
import Runs

/// What is made once and kept in the cache, by whichever run comes first: runs of a sweep differ in the attack and
/// not in what is attacked.
package struct Shelf: Sendable {
  /// One thing that is kept.
  struct Item {
    /// What it is for, to tell people.
    let role: String
    /// What it is, to tell people.
    let what: String
    /// The folder it is kept in, which no other thing has.
    let folder: URL
    /// Whether somebody has finished it.
    let isFinished: () throws -> Bool
    /// Makes it, from where an earlier attempt stopped; whether all was done.
    let make: (_ progress: (Int, Int) -> Void) throws -> Bool
  }

  /// The folder of the cache.
  let cache: URL
  /// Whom to tell; nothing is made at all where there is nobody, to measure time.
  let voice: (any RunVoice)?
  let isStopRequested: @Sendable () -> Bool

  package init(
    cache: URL, voice: (any RunVoice)?,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) {
    self.cache = cache
    self.voice = voice
    self.isStopRequested = isStopRequested
  }

  /// Makes all of some things that nobody has made yet; other runs of a sweep make others of them.
  ///
  /// - Returns: whether all are there; false when somebody asked to stop.
  func prepare(_ items: [Item]) throws -> Bool {
    guard let voice else { return true }
    var waiting = items
    while !waiting.isEmpty {
      var rest: [Item] = []
      for item in waiting {
        if isStopRequested() { return false }
        switch try make(item, voice) {
        case .done: break
        case .busy: rest.append(item)
        case .interrupted: return false
        }
      }
      if rest.count == waiting.count { Thread.sleep(forTimeInterval: 0.2) }
      waiting = rest
    }
    return true
  }

  private enum Outcome { case done, busy, interrupted }

  private func make(_ item: Item, _ voice: any RunVoice) throws -> Outcome {
    try FileManager.default.createDirectory(at: item.folder, withIntermediateDirectories: true)
    guard let lock = RunLock(in: item.folder) else { return .busy }
    return try withExtendedLifetime(lock) {
      if try item.isFinished() { return .done }
      voice.say("\(item.role): \(item.what), in \(item.folder.path)")
      let isDone = try item.make { voice.update($0, of: $1, item.role) }
      return isDone ? .done : .interrupted
    }
  }
}
