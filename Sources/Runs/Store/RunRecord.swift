import Foundation
import GRDB
import Reports

/// What the store knows of a run, its measurements aside.
public struct RunRecord: Sendable, Hashable, Codable, FetchableRecord {
  /// How far a run is.
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    /// It has not begun.
    case planned
    /// A process works on it, or was killed while it did.
    case running
    /// It is done.
    case finished
    /// It ended with an error.
    case failed
    /// Somebody stopped it; it can go on.
    case interrupted
  }

  /// The row in the store.
  let key: Int64
  /// The short name: the beginning of the fingerprint, with a number where a run was repeated.
  public let id: String
  /// The SHA-256 of everything that decides the result: kind, settings with their defaults and seed,
  /// version.
  public let fingerprint: String
  /// The kind of run, such as `train`.
  public let kind: String
  /// The recipe's file, as the user named it.
  public let recipe: String
  /// The recipe's profile.
  public let profile: String?
  /// The variant of a sweep.
  public let variant: String?
  /// The seed of all randomness.
  public let seed: String?
  /// How far it is.
  public let status: Status
  /// When it was first recorded.
  public let created: Date
  /// When work on it began.
  public let started: Date?
  /// When it ended.
  public let finished: Date?
  /// How long it worked, all attempts together.
  public let seconds: Double?
  /// The settings with all defaults, as JSON.
  public let settings: String
  /// Git state, versions and machine, as JSON.
  public let environment: String
  /// The folder with its files.
  public let folder: String
  /// Why it failed.
  public let message: String?

  /// Whether a process works on the run now: it holds the lock of the run's folder.
  public var isAlive: Bool { status == .running && RunLock.isHeld(in: URL(filePath: folder)) }

  /// The status for people: a run whose process is gone was killed.
  public var state: String { status == .running && !isAlive ? "killed" : status.rawValue }
}

/// A run that is to be recorded.
public struct NewRun: Sendable, Codable {
  /// The kind of run.
  public var kind: String
  /// The recipe's file.
  public var recipe: String
  /// The recipe's profile.
  public var profile: String?
  /// The variant of a sweep.
  public var variant: String?
  /// The seed.
  public var seed: UInt64?
  /// The settings with all defaults, as JSON with sorted keys.
  public var settings: String
  /// The folder for its files.
  public var folder: String
  /// The version of the program.
  public var version: String

  /// A run from its parts.
  public init(
    kind: String, recipe: String, profile: String? = nil, variant: String? = nil,
    seed: UInt64? = nil, settings: String, folder: String, version: String
  ) {
    self.kind = kind
    self.recipe = recipe
    self.profile = profile
    self.variant = variant
    self.seed = seed
    self.settings = settings
    self.folder = folder
    self.version = version
  }

  /// What a record stands for, to be recorded in another store.
  public init(again record: RunRecord, version: String) {
    self.init(
      kind: record.kind, recipe: record.recipe, profile: record.profile, variant: record.variant,
      seed: record.seed.flatMap { UInt64($0) }, settings: record.settings, folder: record.folder,
      version: version)
  }
}
