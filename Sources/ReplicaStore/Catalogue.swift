import AgentCore
import Database
import Synchronization

/// The catalogue's thread: every write to `replica.db` happens on it.
///
/// Calls are carried out in their order; completions are called on that thread, and must not wait for it.
package final class Catalogue: Sendable {
  package typealias Completion<Answer> = @Sendable (Result<Answer, DatabaseError>) -> Void

  /// What the thread owns; `store` is nil after `close`.
  private struct Confined {
    var store: CatalogueStore?
  }

  private let file: DatabaseFile
  private let digest: ShelfDigest
  private let thread: WorkerThread<Confined>
  let closing = ClosingMark()

  /// What was found when the replica was opened.
  package struct Opened: Sendable {
    package var shelves: [AppliedShelf]
    package var opening: DatabaseFile.Opening
  }

  /// Starts the thread and opens the file on it; the completion is called once, before anything else.
  ///
  /// Where opening fails every later call answers with that failure.
  package init(path: String, digest: @escaping ShelfDigest, opened: @escaping Completion<Opened>) {
    file = DatabaseFile(path: path)
    self.digest = digest
    let closing = closing
    thread = WorkerThread(name: "catalogue") {
      do throws(DatabaseError) {
        let result = try CatalogueStore.open(path: path, digest: digest)
        result.store.isClosing = closing.isSet
        opened(.success(Opened(shelves: result.shelves, opening: result.opening)))
        return Confined(store: result.store)
      } catch {
        opened(.failure(error))
        return Confined(store: nil)
      }
    }
  }

  package func appliedShelves(completion: @escaping Completion<[AppliedShelf]>) {
    ask(completion) { (store) throws(DatabaseError) in try store.appliedShelves() }
  }

  /// Begins a job; see `CatalogueStore.begin`.
  package func begin(
    _ job: ShelfJob, _ shelf: ShelfName, version: Int, isSnapshot: Bool, completion: @escaping Completion<Void>
  ) {
    ask(completion) { (store) throws(DatabaseError) in
      try store.begin(job, shelf, version: version, isSnapshot: isSnapshot)
    }
  }

  /// Applies a part; see `CatalogueStore.apply`. The file is left where it is.
  package func apply(
    _ job: ShelfJob, partPath: String, kind: ShelfPartKind,
    completion: @escaping @Sendable (ShelfStepResult) -> Void
  ) {
    let isQueued = thread.submit { confined in
      completion(
        confined.store?.apply(job, partPath: partPath, kind: kind) ?? .failed(DatabaseError.closed.description))
    }
    if !isQueued { completion(.failed(DatabaseError.closed.description)) }
  }

  package func commit(
    _ job: ShelfJob, _ check: ShelfManifest.Check, completion: @escaping @Sendable (ShelfCommitResult) -> Void
  ) {
    let isQueued = thread.submit { confined in
      completion(confined.store?.commit(job, check) ?? .failed(DatabaseError.closed.description))
    }
    if !isQueued { completion(.failed(DatabaseError.closed.description)) }
  }

  /// Rolls a job back; nothing where it is not open.
  package func abandon(_ job: ShelfJob) {
    thread.submit { confined in confined.store?.abandon(job) }
  }

  /// Takes a shelf out. A job that is open is rolled back.
  package func drop(_ shelf: ShelfName, completion: @escaping Completion<Void>) {
    ask(completion) { (store) throws(DatabaseError) in try store.drop(shelf) }
  }

  /// Deletes the files and makes an empty replica; readers find it by themselves.
  package func erase(completion: @escaping Completion<Void>) {
    renew(completion) { (file) throws(DatabaseError) in try file.delete() }
  }

  /// Renames the files, since an answer has shown them damaged (`DatabaseError.isCorrupt`), and makes an empty replica;
  /// the answer is where they lie. Nothing is applied any more: every shelf has to be fetched again.
  package func setAside(completion: @escaping Completion<String>) {
    renew(completion) { (file) throws(DatabaseError) in try file.setAside() }
  }

  private func renew<Answer: Sendable>(
    _ completion: @escaping Completion<Answer>,
    _ clear: @escaping @Sendable (DatabaseFile) throws(DatabaseError) -> Answer
  ) {
    let (file, digest, closing) = (file, digest, closing)
    let isQueued = thread.submit { confined in
      confined.store = nil
      do throws(DatabaseError) {
        let answer = try clear(file)
        let store = try CatalogueStore(path: file.path, digest: digest)
        store.isClosing = closing.isSet
        confined.store = store
        completion(.success(answer))
      } catch {
        completion(.failure(error))
      }
    }
    if !isQueued { completion(.failure(.closed)) }
  }

  /// Rolls an open job back, closes the file and ends the thread. A part that is being applied is given up at its next line, so
  /// that a stop never waits for a shelf.
  package func close() {
    closing.set()
    thread.submit { confined in
      confined.store?.rollBack()
      confined.store = nil
    }
    thread.stop()
  }

  private func ask<Answer: Sendable>(
    _ completion: @escaping Completion<Answer>,
    _ question: @escaping @Sendable (CatalogueStore) throws(DatabaseError) -> Answer
  ) {
    let isQueued = thread.submit { confined in
      guard let store = confined.store else { return completion(.failure(.closed)) }
      do throws(DatabaseError) { completion(.success(try question(store))) } catch { completion(.failure(error)) }
    }
    if !isQueued { completion(.failure(.closed)) }
  }
}

/// Says on any thread that the catalogue is being closed.
final class ClosingMark: Sendable {
  private let value = Atomic(false)
  func set() { value.store(true, ordering: .relaxed) }
  @Sendable func isSet() -> Bool { value.load(ordering: .relaxed) }
}
