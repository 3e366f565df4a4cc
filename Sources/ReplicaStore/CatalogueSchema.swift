import AgentCore
import Database

/// The tables of `replica.db` and how the file is opened.
enum CatalogueSchema {
  /// "AxoR" in ASCII.
  static let migration = Migration(applicationID: 0x4178_6f52, steps: [version1])

  static let settings = Connection.Settings(
    mode: .readWriteCreate, synchronous: .normal, isSecureDelete: true,
    journalSizeLimitBytes: StoreLimits.walKeptBytes, cacheKiB: StoreLimits.catalogueCacheKiB,
    busyTimeoutMilliseconds: StoreLimits.busyTimeoutMilliseconds)

  static func readOnly(cacheKiB: Int) -> Connection.Settings {
    Connection.Settings(
      mode: .readOnly, synchronous: .normal, isSecureDelete: true, journalSizeLimitBytes: StoreLimits.walKeptBytes,
      cacheKiB: cacheKiB, busyTimeoutMilliseconds: StoreLimits.busyTimeoutMilliseconds)
  }

  /// Separates the words of a list in `facts`; no word contains it.
  static let separator: UInt8 = 0x1F

  /// - `facts`: each distinct combination once, so that visibility is decided once for each; lists joined by U+001F.
  /// - `title`: `shelf_id` is the shelf whose members count (0: gone); `shelves` is in how many it stands.
  /// - `shelf_title`: what a shelf holds, with the digest of `check`; `title_id` is NULL where it cannot be displayed.
  /// - `delta_ref`: the references of the delta that is being applied, else empty.
  private static let version1 = """
    CREATE TABLE shelf (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, titles INTEGER NOT NULL,
      xor64 INTEGER NOT NULL) STRICT;
    CREATE TABLE facts (
      id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, ratings TEXT NOT NULL, genres TEXT NOT NULL,
      descriptors TEXT NOT NULL, UNIQUE (ratings, genres, descriptors, kind)) STRICT;
    CREATE TABLE title (
      id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, name TEXT NOT NULL, year INTEGER, runtime INTEGER,
      popularity REAL NOT NULL, imdb TEXT, show TEXT, facts_id INTEGER NOT NULL, shelf_id INTEGER NOT NULL,
      shelves INTEGER NOT NULL) STRICT;
    CREATE INDEX title_by_popularity ON title (popularity DESC, ref, facts_id);
    CREATE INDEX title_by_show ON title (show, ref, facts_id) WHERE show IS NOT NULL;
    CREATE TABLE offer (
      title_id INTEGER NOT NULL, shelf_id INTEGER NOT NULL, position INTEGER NOT NULL, type INTEGER NOT NULL,
      link TEXT NOT NULL, video_link TEXT, quality INTEGER, available_since INTEGER, expires_on INTEGER,
      price_amount TEXT, price_currency TEXT, PRIMARY KEY (title_id, shelf_id, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE shelf_title (
      shelf_id INTEGER NOT NULL, ref TEXT NOT NULL, title_id INTEGER, digest INTEGER NOT NULL,
      PRIMARY KEY (shelf_id, ref)) STRICT, WITHOUT ROWID;
    CREATE TABLE delta_ref (ref TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    """
}

// What enumerations are stored as; a number never changes its meaning.
extension Title.Kind {
  var stored: Int64 {
    switch self {
    case .movie: 0
    case .show: 1
    case .season: 2
    case .episode: 3
    }
  }

  init?(stored: Int64) {
    switch stored {
    case 0: self = .movie
    case 1: self = .show
    case 2: self = .season
    case 3: self = .episode
    default: return nil
    }
  }
}

extension Offer.Access {
  var stored: Int64 {
    switch self {
    case .free: 0
    case .subscription: 1
    case .addon: 2
    case .rent: 3
    case .buy: 4
    }
  }

  init?(stored: Int64) {
    guard let value = Self.allCases.first(where: { $0.stored == stored }) else { return nil }
    self = value
  }
}

extension Offer.Quality {
  var stored: Int64 {
    switch self {
    case .sd: 0
    case .hd: 1
    case .qhd: 2
    case .uhd: 3
    }
  }

  init?(stored: Int64) {
    guard let value = Self.allCases.first(where: { $0.stored == stored }) else { return nil }
    self = value
  }
}
