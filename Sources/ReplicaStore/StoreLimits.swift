import AgentCore

/// Every limit of this edge beside those of `Limits`, named, with its unit.
package enum StoreLimits {
  /// What a WAL is cut down to after a checkpoint, bytes (design, Storage).
  package static let walKeptBytes = 4 << 20
  /// How long another process (a tool that reads) may hold a lock, milliseconds.
  package static let busyTimeoutMilliseconds: Int32 = 5_000
  /// Page caches, KiB.
  package static let journalCacheKiB = 512
  package static let catalogueCacheKiB = 2_048
  package static let lookupCacheKiB = 512
  package static let readerCacheKiB = 1_024

  /// Changes that one transaction of the journal takes together; more wait for the next.
  package static let groupedChanges = 4_096
  /// Days of the ledger that are kept before the day of a prune.
  package static let ledgerDays = 31
  /// Lines refused by the upstream that are kept for diagnosis, the newest ones, for as long as the ledger.
  package static let deadLetters = 256
  /// Lines that `recentLines` returns at most.
  package static let recentLines = 10_000

  /// Read from a part, and unpacked, at a time, bytes.
  package static let chunkBytes = 64 << 10
  /// Distinct facts that a shelf job remembers.
  package static let factsRemembered = 4_096
  /// Old rows of a shelf that a snapshot looks at in one go.
  package static let shelfRowsAtOnce = 512

  // Members of a title; a longer one makes it unreadable.
  package static let nameBytes = Limits.titleNameBytes
  package static let wordBytes = Limits.titleWordBytes
  package static let wordsOfATitle = Limits.titleWords
  package static let ratingsOfATitle = Limits.titleRatings
  /// A link, by `spec/links.md` §1.
  package static let linkBytes = Limits.linkBytes
}
