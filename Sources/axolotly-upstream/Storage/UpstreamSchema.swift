import Database

/// The schemas of both databases; a published step never changes.
enum UpstreamSchema {
  /// `axup`.
  static let families = Migration(
    applicationID: 0x6178_7570,
    steps: [
      """
      CREATE TABLE families(
        id TEXT PRIMARY KEY, name TEXT NOT NULL, parent_code TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        payload TEXT, envelope TEXT) STRICT;
      CREATE TABLE devices(id TEXT PRIMARY KEY, family TEXT NOT NULL, thumbprint TEXT NOT NULL) STRICT;
      CREATE INDEX devices_by_family ON devices(family);
      CREATE TABLE usage(
        family TEXT NOT NULL, device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
        kind TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY(device, epoch, seq)) STRICT, WITHOUT ROWID;
      CREATE INDEX usage_by_family ON usage(family, at);
      CREATE TABLE assertions(jti TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE pairings(
        code TEXT PRIMARY KEY, device_code TEXT UNIQUE, gone_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
      """
    ])

  /// `axuc`.
  static let catalogue = Migration(
    applicationID: 0x6178_7563,
    steps: [
      """
      CREATE TABLE titles(ref TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL, run INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
      CREATE TABLE offers(
        region TEXT NOT NULL, service TEXT NOT NULL, ref TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY(region, service, ref)) STRICT, WITHOUT ROWID;
      CREATE INDEX offers_by_ref ON offers(ref);
      CREATE TABLE shelves(
        shelf TEXT PRIMARY KEY, version INTEGER NOT NULL, content TEXT NOT NULL, titles INTEGER NOT NULL,
        bytes INTEGER NOT NULL, manifest TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE runs(id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
      """
    ])

  static let settings = Connection.Settings(
    mode: .readWriteCreate, synchronous: .full, isSecureDelete: true, journalSizeLimitBytes: 64 << 20,
    cacheKiB: 16 << 10, busyTimeoutMilliseconds: 10_000)

  static let catalogueSettings = Connection.Settings(
    mode: .readWriteCreate, synchronous: .normal, isSecureDelete: false, journalSizeLimitBytes: 64 << 20,
    cacheKiB: 64 << 10, busyTimeoutMilliseconds: 10_000)
}
