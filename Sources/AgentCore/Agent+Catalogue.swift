// Shelves on their way from the heads into the replica (`spec/wire.md` §4).
extension Agent {
  /// The heads name the shelves of this family; one no longer listed is dropped.
  mutating func want(_ heads: [Heads.ShelfHead], spreadSeconds: Int, at now: Now) {
    catalogue.isKnown = true
    let listed = Set(heads.map(\.shelf))
    for shelf in catalogue.wanted.keys.sorted() where !listed.contains(shelf) { catalogue.wanted[shelf] = nil }
    if let run = catalogue.run, !listed.contains(run.shelf) { abandonRun() }
    for shelf in catalogue.applied.keys.sorted() where !listed.contains(shelf) && !catalogue.dropping.contains(shelf) {
      catalogue.dropping.insert(shelf)
      effects.append(.shelf(.drop(shelf)))
    }
    for head in heads.sorted(by: { $0.shelf < $1.shelf }) {
      if var known = catalogue.wanted[head.shelf] {
        known.wantedVersion = head.version
        catalogue.wanted[head.shelf] = known
      } else {
        catalogue.wanted[head.shelf] = .init(wantedVersion: head.version, notBefore: now.boot)
      }
      let isBehind = (catalogue.applied[head.shelf]?.version ?? 0) < head.version
      if isBehind, catalogue.run?.shelf != head.shelf, let shelf = catalogue.wanted[head.shelf],
        shelf.notBefore <= now.boot
      {
        let spread = random.duration(upTo: .seconds(Int64(max(0, spreadSeconds))))
        catalogue.wanted[head.shelf]?.notBefore = now.boot + spread
      }
    }
  }

  mutating func turnCatalogue(at now: Now, next: inout Deadline) {
    guard unpairing == nil else { return }
    if catalogue.run == nil { beginRun(at: now, next: &next) }
    fetchParts()
  }

  /// Begins a run for the first shelf that is behind and may be asked for.
  private mutating func beginRun(at now: Now, next: inout Deadline) {
    for (shelf, wanted) in catalogue.wanted.sorted(by: { $0.key < $1.key })
    where (catalogue.applied[shelf]?.version ?? 0) < wanted.wantedVersion && !catalogue.dropping.contains(shelf) {
      let floors = [floor(of: .manifest(shelf)), floor(of: .part(ShelfJob(0), 0))].compactMap { $0 }
      let at = floors.reduce(wanted.notBefore) { max($0, $1) }
      if at > now.boot {
        next.at(at)
        continue
      }
      let request = send(.manifest(shelf), for: .manifest(shelf))
      catalogue.run = .init(shelf: shelf, job: ShelfJob(nextNumber()), phase: .manifest(request))
      return
    }
  }

  mutating func handleManifest(_ shelf: ShelfName, _ opened: OpenedManifest, at now: Now) {
    guard let run = catalogue.run, run.shelf == shelf, case .manifest = run.phase else { return }
    guard case .opened(let manifest) = opened else { return refuseShelf("the manifest", at: now) }
    let wanted = catalogue.wanted[shelf]?.wantedVersion ?? 0
    if manifest.version < wanted {
      return endRun(notBefore: now.boot + CatalogueSync.lagWait + random.duration(upTo: CatalogueSync.lagWait))
    }
    plan(manifest, at: now)
  }

  private mutating func plan(_ manifest: ShelfManifest, at now: Now) {
    guard var run = catalogue.run else { return }
    run.manifest = manifest
    let held = catalogue.applied[run.shelf]?.version ?? 0
    switch ShelfPlan.make(manifest, held: held, withoutDeltas: run.withoutDeltas) {
    case .nothing: return endRun(notBefore: now.boot)
    case .impossible: return refuseShelf("no way leads to the version", at: now)
    case .chain(let deltas):
      run.steps = deltas.map { .delta($0) }
      run.isSnapshot = false
    case .snapshot(let snapshot, let deltas):
      run.steps = snapshot.parts.map { .part($0) } + deltas.map { .delta($0) }
      run.isSnapshot = true
    }
    run.phase = .steps
    catalogue.run = run
    effects.append(.shelf(.begin(run.job, run.shelf, version: manifest.version, isSnapshot: run.isSnapshot)))
    if run.steps.isEmpty { commitRun() }
  }

  /// Keeps two transfers under way, a little ahead of what is being applied.
  private mutating func fetchParts() {
    guard var run = catalogue.run, case .steps = run.phase else { return }
    while run.fetching.count < CatalogueSync.transfers, run.nextToFetch < run.steps.count,
      run.nextToFetch < run.nextToApply + 2 * CatalogueSync.transfers
    {
      let step = run.steps[run.nextToFetch]
      let id = send(
        .blob(sha256: step.sha256, bytes: step.bytes), for: .part(run.job, run.nextToFetch), timeout: Self.blobTimeout)
      run.fetching[id] = run.nextToFetch
      run.nextToFetch += 1
    }
    catalogue.run = run
  }

  mutating func handlePartStored(_ job: ShelfJob, _ index: Int, request: RequestID, at now: Now) {
    guard catalogue.run?.job == job else { return }
    catalogue.run?.fetching[request] = nil
    catalogue.run?.fetched.insert(index)
    applyNext()
  }

  private mutating func applyNext() {
    guard var run = catalogue.run, case .steps = run.phase, !run.isApplying, run.fetched.contains(run.nextToApply)
    else {
      return
    }
    run.isApplying = true
    switch run.steps[run.nextToApply] {
    case .part(let part):
      effects.append(.shelf(.applySnapshotPart(run.job, sha256: part.sha256, titles: part.titles)))
    case .delta(let delta): effects.append(.shelf(.applyDelta(run.job, sha256: delta.sha256, lines: delta.lines)))
    }
    catalogue.run = run
  }

  mutating func handleShelfStep(_ job: ShelfJob, _ result: ShelfStepResult, at now: Now) {
    guard var run = catalogue.run, run.job == job else { return }
    switch result {
    case .applied(_, let skipped):
      if skipped > 0 { log(.warning, "titles that cannot be shown were skipped", .init("count", String(skipped))) }
      run.isApplying = false
      run.nextToApply += 1
      catalogue.run = run
      if run.nextToApply == run.steps.count { commitRun() } else { applyNext() }
    case .refused(let why): fallBackOrRefuse(why, at: now)
    case .failed(let cause): storeFailed(cause, at: now)
    }
  }

  private mutating func commitRun() {
    guard let run = catalogue.run, let manifest = run.manifest else { return }
    catalogue.run?.phase = .committing
    effects.append(.shelf(.commit(run.job, manifest.check)))
  }

  mutating func handleShelfCommitted(_ job: ShelfJob, _ result: ShelfCommitResult, at now: Now) {
    guard let run = catalogue.run, run.job == job, let manifest = run.manifest else { return }
    switch result {
    case .committed(let titles):
      catalogue.applied[run.shelf] = AppliedShelf(shelf: run.shelf, version: manifest.version, titles: titles)
      catalogue.wanted[run.shelf]?.backoff = Backoff()
      catalogue.run = nil
      catalogue.wanted[run.shelf]?.notBefore = now.boot
      effects.append(.signal(.catalogueChanged(run.shelf, version: manifest.version, titles: titles)))
      log(
        .notice, "shelf in place", .init("shelf", run.shelf.text), .init("version", String(manifest.version)),
        .init("titles", String(titles)))
      if hasReplicaFailed {
        hasReplicaFailed = false
        if unsaved.isEmpty { clearStorage(at: now) }
      }
      clear(.shelfRefused, at: now)
      if catalogue.isCurrent { clear(.shelfMissing, at: now) }
      report.due(at: now.boot + StateReporting.interval)
    case .mismatch: fallBackOrRefuse("its check does not fit", at: now)
    case .failed(let cause): storeFailed(cause, at: now)
    }
  }

  /// A chain that failed is tried once more by the snapshot; then the old shelf stays.
  private mutating func fallBackOrRefuse(_ why: String, at now: Now) {
    guard var run = catalogue.run, let manifest = run.manifest, !run.isSnapshot, !run.withoutDeltas else {
      return refuseShelf(why, at: now)
    }
    log(.warning, "deltas failed, the snapshot is taken", .init("shelf", run.shelf.text), .init("cause", why))
    stopTransfers()
    run = .init(shelf: run.shelf, job: ShelfJob(nextNumber()), phase: .steps)
    run.withoutDeltas = true
    catalogue.run = run
    plan(manifest, at: now)
  }

  private mutating func refuseShelf(_ why: String, at now: Now) {
    guard let run = catalogue.run else { return }
    log(.error, "a shelf was refused", .init("shelf", run.shelf.text), .init("cause", why))
    raise(.shelfRefused, .error, at: now)
    abandonRun()
    catalogue.wanted[run.shelf]?.notBefore = now.boot + CatalogueSync.refusedInterval
  }

  private mutating func storeFailed(_ cause: String, at now: Now) {
    guard let run = catalogue.run else { return }
    log(.error, "the replica could not be written", .init("shelf", run.shelf.text), .init("cause", cause))
    hasReplicaFailed = true
    raise(cause.contains("full") ? .storageFull : .storageFailed, .error, at: now)
    retryRun(floor: nil, at: now)
  }

  mutating func manifestFailed(_ shelf: ShelfName, _ failure: TransportFailure?, floor: Moment?, at now: Now) {
    guard let run = catalogue.run, run.shelf == shelf else { return }
    retryRun(floor: floor, at: now)
  }

  mutating func partFailed(
    _ job: ShelfJob, _ index: Int, request: RequestID, _ failure: TransportFailure?, floor: Moment?, at now: Now
  ) {
    guard catalogue.run?.job == job else { return }
    catalogue.run?.fetching[request] = nil
    if failure == .mismatch { return fallBackOrRefuse("a blob is missing or is not what the manifest says", at: now) }
    retryRun(floor: floor, at: now)
  }

  /// Tries the shelf again later; parts that arrived stay where they are.
  private mutating func retryRun(floor: Moment?, at now: Now) {
    guard let run = catalogue.run else { return }
    let wait = now.boot + (catalogue.wanted[run.shelf]?.backoff.failed(at: now.boot, using: &random) ?? .seconds(60))
    abandonRun()
    catalogue.wanted[run.shelf]?.notBefore = max(wait, floor ?? wait)
  }

  private mutating func stopTransfers() {
    guard let run = catalogue.run else { return }
    for id in run.fetching.keys.sorted(by: { $0.number < $1.number }) { cancel(id) }
    if case .manifest(let id) = run.phase { cancel(id) }
    if run.manifest != nil { effects.append(.shelf(.abandon(run.job))) }
  }

  private mutating func abandonRun() {
    stopTransfers()
    catalogue.run = nil
  }

  /// Ends a run that had nothing to do in the store.
  private mutating func endRun(notBefore: Moment) {
    guard let run = catalogue.run else { return }
    catalogue.run = nil
    catalogue.wanted[run.shelf]?.notBefore = notBefore
  }
}
