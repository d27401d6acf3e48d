import Foundation

/// What a model card is about: a run or a sweep of the store.
public enum ModelCardSubject: Sendable {
  /// One run.
  case run(RunRecord)
  /// All runs of a sweep.
  case sweep(SweepRecord)

  /// Finds what somebody named: a folder that exists, else the id of a run or of a sweep, or its beginning.
  ///
  /// - Throws: ``ModelCardError`` for a folder that the store does not know, and ``StoreError`` for an id.
  public init(_ name: String, in store: RunStore) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue {
      let folder = URL(filePath: name).standardizedFileURL.path
      if let run = try store.run(inFolder: folder) {
        self = .run(run)
      } else if let sweep = try store.sweep(inFolder: folder) {
        self = .sweep(sweep)
      } else {
        throw ModelCardError.unknownFolder(name)
      }
      return
    }
    do {
      self = .run(try store.run(name))
    } catch StoreError.unknownRun {
      do {
        self = .sweep(try store.sweep(name))
      } catch StoreError.unknownSweep {
        throw StoreError.unknownRun(name)
      }
    }
  }
}
