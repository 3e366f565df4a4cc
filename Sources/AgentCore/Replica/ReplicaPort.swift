/// Names one run that brings a shelf to a version.
package struct ShelfJob: Hashable, Sendable {
  package var number: UInt64
  package init(_ number: UInt64) { self.number = number }
}

/// What the store did with a step of a shelf job; the rows themselves never enter the core.
package enum ShelfStepResult: Sendable, Equatable {
  /// Lines taken, and of them those that cannot be displayed (`spec/wire.md` §4: counted and skipped).
  case applied(lines: Int, skipped: Int)
  /// The part breaks a rule of §4; the job was rolled back.
  case refused(String)
  /// The store failed (disk full, I/O error); the job was rolled back.
  case failed(String)
}

/// The end of a shelf job.
package enum ShelfCommitResult: Sendable, Equatable {
  /// Visible in one transaction, with the number of titles.
  case committed(titles: Int)
  /// `check` did not fit; rolled back.
  case mismatch
  case failed(String)
}

/// A shelf as the replica holds it.
package struct AppliedShelf: Sendable, Equatable {
  package var shelf: ShelfName
  package var version: Int
  package var titles: Int
  package init(shelf: ShelfName, version: Int, titles: Int) {
    (self.shelf, self.version, self.titles) = (shelf, version, titles)
  }
}
