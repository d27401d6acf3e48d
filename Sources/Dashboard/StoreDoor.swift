import Foundation
import Runs
import Synchronization

/// The store as it is now: opened anew when another file has taken its place.
///
/// SQLite goes on reading a file that was removed; a dashboard that did so would show what is no longer
/// there.
final class StoreDoor: Sendable {
  let path: String
  private let opened = Mutex<(store: RunStore, file: FileIdentity)?>(nil)

  init(path: String) { self.path = path }

  /// The store.
  ///
  /// - Throws: ``StoreError``; the next call tries again.
  func store() throws(StoreError) -> RunStore {
    let path = path
    let result = opened.withLock { opened -> Result<RunStore, StoreError> in
      guard let file = FileIdentity(path: path) else {
        opened = nil
        return .failure(.missing(path: path))
      }
      if let opened, opened.file == file { return .success(opened.store) }
      do throws(StoreError) {
        // Readers do not wait for writers; who waits longer than this should be told.
        let store = try RunStore(at: path, for: .reading, patience: 2)
        opened = (store, file)
        return .success(store)
      } catch {
        opened = nil
        return .failure(error)
      }
    }
    return try result.get()
  }
}
