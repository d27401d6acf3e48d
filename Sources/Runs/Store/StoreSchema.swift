import GRDB

/// The tables of the run store, and how older stores become newer ones.
///
/// A migration that was released is never changed: a new one is added after it.
enum StoreSchema {
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: first) }
    migrator.registerMigration("2") { try $0.execute(sql: second) }
    migrator.registerMigration("3") { try $0.execute(sql: third) }
    return migrator
  }()

  /// The migrations without which a store cannot be read; those after them make it faster or note more.
  static let needed: Set<String> = ["1"]

  /// Which examples outcomes are of.
  private static let third = "ALTER TABLE outcomes ADD COLUMN examples TEXT;"

  /// Pages of runs, the newest first, without looking at the others; a part of a recipe's path is looked
  /// for in the index by time.
  private static let second = """
    CREATE INDEX runs_by_kind ON runs(kind, created);
    CREATE INDEX runs_by_status ON runs(status, created);
    DROP INDEX runs_by_time;
    CREATE INDEX runs_by_time ON runs(created, key, recipe);
    CREATE INDEX sweeps_by_time ON sweeps(created);
    """

  private static let first = """
    CREATE TABLE runs(
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      fingerprint TEXT NOT NULL,
      kind TEXT NOT NULL,
      recipe TEXT NOT NULL,
      profile TEXT,
      variant TEXT,
      seed TEXT,
      status TEXT NOT NULL,
      created DATETIME NOT NULL,
      started DATETIME,
      finished DATETIME,
      seconds REAL,
      settings TEXT NOT NULL,
      environment TEXT NOT NULL,
      folder TEXT NOT NULL,
      message TEXT);
    CREATE INDEX runs_by_fingerprint ON runs(fingerprint);
    CREATE INDEX runs_by_time ON runs(created);

    CREATE TABLE attempts(
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      host TEXT NOT NULL,
      process INTEGER NOT NULL,
      started DATETIME NOT NULL,
      ended DATETIME,
      outcome TEXT,
      PRIMARY KEY(run, number)) WITHOUT ROWID;

    CREATE TABLE series(
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY(run, name, step)) WITHOUT ROWID;

    CREATE TABLE findings(
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      id TEXT NOT NULL,
      title TEXT NOT NULL,
      value REAL,
      low REAL,
      high REAL,
      count INTEGER,
      unit TEXT NOT NULL,
      better TEXT NOT NULL,
      verdict TEXT NOT NULL,
      threshold REAL,
      detail TEXT NOT NULL,
      PRIMARY KEY(run, id)) WITHOUT ROWID;

    CREATE TABLE outcomes(
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      finding TEXT NOT NULL,
      count INTEGER NOT NULL,
      bits BLOB NOT NULL,
      PRIMARY KEY(run, finding)) WITHOUT ROWID;

    CREATE TABLE artefacts(
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      name TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY(run, name)) WITHOUT ROWID;
    CREATE INDEX artefacts_by_digest ON artefacts(digest);

    CREATE TABLE tags(
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      PRIMARY KEY(run, tag)) WITHOUT ROWID;
    CREATE INDEX runs_by_tag ON tags(tag);

    CREATE TABLE sweeps(
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      recipe TEXT NOT NULL,
      profile TEXT,
      created DATETIME NOT NULL,
      settings TEXT NOT NULL,
      folder TEXT NOT NULL);

    CREATE TABLE members(
      sweep INTEGER NOT NULL REFERENCES sweeps(key) ON DELETE CASCADE,
      rung INTEGER NOT NULL,
      variant TEXT NOT NULL,
      seed TEXT NOT NULL,
      position INTEGER NOT NULL,
      run INTEGER NOT NULL REFERENCES runs(key) ON DELETE CASCADE,
      PRIMARY KEY(sweep, rung, variant, seed)) WITHOUT ROWID;
    CREATE INDEX members_by_run ON members(run);
    """
}
