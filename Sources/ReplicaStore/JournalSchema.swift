import Database

/// The tables of `journal.db` and how the file is opened.
enum JournalSchema {
  /// "AxoJ" in ASCII.
  static let migration = Migration(applicationID: 0x4178_6f4a, steps: [version1, version2, version3, version4])

  static let settings = Connection.Settings(
    mode: .readWriteCreate, synchronous: .full, isSecureDelete: true, journalSizeLimitBytes: StoreLimits.walKeptBytes,
    cacheKiB: StoreLimits.journalCacheKiB, busyTimeoutMilliseconds: StoreLimits.busyTimeoutMilliseconds)

  /// Instants are seconds since 1970, dates days since 1970. `outbox` and `mark` have the one row 1.
  private static let version1 = """
    CREATE TABLE policy (
      id INTEGER PRIMARY KEY CHECK (id = 1), envelope TEXT NOT NULL, version INTEGER NOT NULL,
      payload_sha256 TEXT NOT NULL, trust TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
    CREATE TABLE trust (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, next INTEGER NOT NULL,
      first_unacknowledged INTEGER NOT NULL) STRICT;
    INSERT INTO outbox VALUES (1, 1, 1, 1);
    CREATE TABLE event (
      seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, priority INTEGER NOT NULL, line BLOB NOT NULL,
      acknowledged_at INTEGER, rejected TEXT) STRICT;
    CREATE INDEX event_acknowledged ON event (acknowledged_at) WHERE acknowledged_at IS NOT NULL;
    CREATE TABLE ledger (
      profile TEXT NOT NULL, date INTEGER NOT NULL, seconds INTEGER NOT NULL, apps TEXT NOT NULL,
      PRIMARY KEY (date, profile)) STRICT, WITHOUT ROWID;
    CREATE TABLE session (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (id INTEGER PRIMARY KEY CHECK (id = 1), high_water INTEGER NOT NULL) STRICT;
    CREATE TABLE retry_after (endpoint TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """

  /// Wrong PINs in a row, and the seconds of the wait that they began.
  private static let version2 = """
    CREATE TABLE pin_attempts (
      profile TEXT PRIMARY KEY, failures INTEGER NOT NULL, wait_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """

  /// Lines that the upstream refused for good, with the status of its answer; they are never sent.
  private static let version3 = """
    CREATE TABLE dead_letter (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, status INTEGER NOT NULL, line BLOB NOT NULL) STRICT;
    """

  /// The last lease of each profile (`until` NULL once it was given back), what other boxes counted, what children asked for, and trusted time in the boot.
  private static let version4 = """
    CREATE TABLE lease (
      profile TEXT PRIMARY KEY, date INTEGER NOT NULL, through_s INTEGER NOT NULL, until INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE elsewhere (
      profile TEXT PRIMARY KEY, date INTEGER NOT NULL, seconds INTEGER NOT NULL, apps TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE request (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE anchor (id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL) STRICT;
    """
}
