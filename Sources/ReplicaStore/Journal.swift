import AgentCore
import Database
import Synchronization

/// The journal's thread: every write to `journal.db` happens on it, those that wait together in one commit.
///
/// Completions are called on that thread; they must not wait for it.
package final class Journal: Sendable {
  package typealias Completion = @Sendable (Result<Void, DatabaseError>) -> Void

  private struct Group: Sendable {
    var changes: [JournalChange]
    var completion: Completion
  }

  /// What the thread owns; `store` is nil after `close`.
  private struct Confined {
    var store: JournalStore?
  }

  private let file: DatabaseFile
  private let thread: WorkerThread<Confined>
  private let waiting = Mutex<[Group]>([])

  /// What was found when the journal was opened.
  package struct Opened: Sendable {
    package var contents: JournalContents
    package var opening: DatabaseFile.Opening
  }

  /// Starts the thread and opens the file on it; the completion is called once, before anything else.
  ///
  /// Where opening fails every later call answers with that failure.
  package init(path: String, opened: @escaping @Sendable (Result<Opened, DatabaseError>) -> Void) {
    file = DatabaseFile(path: path)
    thread = WorkerThread(name: "journal") {
      do throws(DatabaseError) {
        let result = try JournalStore.open(path: path)
        opened(.success(Opened(contents: result.contents, opening: result.opening)))
        return Confined(store: result.store)
      } catch {
        opened(.failure(error))
        return Confined(store: nil)
      }
    }
  }

  /// Makes changes durable, all of one call or none; calls that wait share a commit, in their order.
  package func persist(_ changes: [JournalChange], completion: @escaping Completion) {
    let isFirst = waiting.withLock { waiting in
      waiting.append(Group(changes: changes, completion: completion))
      return waiting.count == 1
    }
    guard isFirst else { return }
    if !thread.submit({ [self] confined in commitWaiting(confined.store) }) { commitWaiting(nil) }
  }

  /// A batch of the outbox; nil where it has nothing from that number on.
  package func batch(
    from: Int, maxEvents: Int, maxBytes: Int,
    completion: @escaping @Sendable (Result<OutboxBatch?, DatabaseError>) -> Void
  ) {
    ask(completion) { (store) throws(DatabaseError) in
      try store.outboxBatch(from: from, maxEvents: maxEvents, maxBytes: maxBytes)
    }
  }

  /// The newest lines of usage, oldest first, exactly as they are sent.
  package func recentLines(
    limit: Int, completion: @escaping @Sendable (Result<[String], DatabaseError>) -> Void
  ) {
    ask(completion) { (store) throws(DatabaseError) in try store.recentLines(limit: limit) }
  }

  /// Deletes the files and makes an empty journal, on which everything later works.
  package func erase(completion: @escaping Completion) {
    let file = file
    let isQueued = thread.submit { confined in
      confined.store = nil
      do throws(DatabaseError) {
        try file.delete()
        confined.store = try JournalStore(path: file.path)
        completion(.success(()))
      } catch {
        completion(.failure(error))
      }
    }
    if !isQueued { completion(.failure(.closed)) }
  }

  /// Commits what waits, closes the file and ends the thread.
  package func close() {
    thread.submit { confined in confined.store = nil }
    thread.stop()
  }

  private func commitWaiting(_ store: JournalStore?) {
    let groups = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    guard let store else { return groups.forEach { $0.completion(.failure(.closed)) } }
    var rest = groups[...]
    while !rest.isEmpty {
      let count = Journal.together(rest)
      commit(Array(rest.prefix(count)), to: store)
      rest = rest.dropFirst(count)
    }
  }

  /// How many of the first groups go into one transaction: at least one.
  private static func together(_ groups: ArraySlice<Group>) -> Int {
    var changes = 0
    var count = 0
    for group in groups {
      changes += group.changes.count
      if count > 0, changes > StoreLimits.groupedChanges { break }
      count += 1
    }
    return count
  }

  private func commit(_ groups: [Group], to store: JournalStore) {
    do throws(DatabaseError) {
      try store.commit(groups.flatMap(\.changes))
      groups.forEach { $0.completion(.success(())) }
    } catch {
      guard groups.count > 1 else { return groups.forEach { $0.completion(.failure(error)) } }
      // One that cannot be taken must not take the others with it.
      for group in groups { commit([group], to: store) }
    }
  }

  private func ask<Answer: Sendable>(
    _ completion: @escaping @Sendable (Result<Answer, DatabaseError>) -> Void,
    _ question: @escaping @Sendable (JournalStore) throws(DatabaseError) -> Answer
  ) {
    let isQueued = thread.submit { confined in
      guard let store = confined.store else { return completion(.failure(.closed)) }
      do throws(DatabaseError) { completion(.success(try question(store))) } catch { completion(.failure(error)) }
    }
    if !isQueued { completion(.failure(.closed)) }
  }
}

extension DatabaseError {
  /// The store is closed, or could not be opened.
  static let closed = DatabaseError.form("the store is not open", call: "queue")
}
