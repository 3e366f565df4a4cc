/// What the catalogue shall be, what it is, and the one run that changes it (`spec/wire.md` §4).
package struct CatalogueSync: Sendable, Equatable {
  package struct Shelf: Sendable, Equatable {
    package var wantedVersion: Int
    /// Not before this moment is a run begun.
    package var notBefore: Moment
    package var backoff = Backoff()
  }

  /// One shelf on its way to a version.
  package struct Run: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
      case part(ShelfManifest.Part)
      case delta(ShelfManifest.Delta)

      package var sha256: String {
        switch self {
        case .part(let part): part.sha256
        case .delta(let delta): delta.sha256
        }
      }
      package var bytes: Int {
        switch self {
        case .part(let part): part.bytes
        case .delta(let delta): delta.bytes
        }
      }
    }

    package enum Phase: Sendable, Equatable {
      case manifest(RequestID)
      case steps
      case committing
    }

    package var shelf: ShelfName
    package var job: ShelfJob
    package var phase: Phase
    package var manifest: ShelfManifest?
    package var steps: [Step] = []
    package var isSnapshot = false
    package var withoutDeltas = false
    package var nextToFetch = 0
    package var fetching: [RequestID: Int] = [:]
    package var fetched: Set<Int> = []
    package var nextToApply = 0
    package var isApplying = false
  }

  /// Transfers at a time.
  package static let transfers = 2
  /// After a refused shelf.
  package static let refusedInterval = Duration.seconds(3_600)
  /// A manifest below the heads' version is asked for again after 5–10 s: a cache lags.
  package static let lagWait = Duration.seconds(5)

  package var wanted: [ShelfName: Shelf] = [:]
  package var applied: [ShelfName: AppliedShelf]
  package var run: Run?
  /// Shelves that are being dropped.
  package var dropping: Set<ShelfName> = []
  /// False until the first heads of this life: before, nothing is known to be unwanted.
  package var isKnown = false

  package init(applied shelves: [AppliedShelf]) {
    applied = Dictionary(shelves.map { ($0.shelf, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether every wanted shelf is at least at the version of the heads.
  package var isCurrent: Bool {
    isKnown && wanted.allSatisfy { (applied[$0.key]?.version ?? 0) >= $0.value.wantedVersion }
  }

  package mutating func dropped(_ shelf: ShelfName) {
    dropping.remove(shelf)
    applied[shelf] = nil
  }
}
