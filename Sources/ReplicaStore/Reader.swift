import AgentCore
import Database

/// The reader's thread: pages of the catalogue, on a read-only connection.
///
/// Completions, and the verdicts of a query, are called on that thread. No transaction outlives a call.
package final class Reader: Sendable {
  /// What the thread owns.
  fileprivate struct Confined {
    let path: String
    var connection: Connection?
    /// Of the last query: one profile is active on a box.
    var visibility: Visibility?
  }

  private let thread: WorkerThread<Confined>

  /// The file is opened by the first question.
  package init(path: String) {
    thread = WorkerThread(name: "reader") { Confined(path: path) }
  }

  /// A page of what the profile may see: denied titles are left out, others stand by popularity, highest first, then by
  /// reference.
  package func browse(
    _ query: BrowseQuery, completion: @escaping @Sendable (Result<BrowsePage, DatabaseError>) -> Void
  ) {
    let isQueued = thread.submit { confined in
      do throws(DatabaseError) { completion(.success(try confined.browse(query))) } catch {
        completion(.failure(error))
      }
    }
    if !isQueued { completion(.failure(.closed)) }
  }

  /// Lets go of the file, before it is erased; the next question opens it anew.
  package func release(completion: @escaping @Sendable () -> Void) {
    let isQueued = thread.submit { confined in
      confined.connection = nil
      confined.visibility = nil
      completion()
    }
    if !isQueued { completion() }
  }

  /// Closes the file and ends the thread.
  package func close() { thread.stop() }
}

extension Reader.Confined {
  fileprivate mutating func browse(_ query: BrowseQuery) throws(DatabaseError) -> BrowsePage {
    let connection: Connection
    if let open = self.connection, !open.hasMoved {
      connection = open
    } else {
      connection = try Connection(
        path: path, settings: CatalogueSchema.readOnly(cacheKiB: StoreLimits.readerCacheKiB))
      (self.connection, visibility) = (connection, nil)
    }
    var current = visibility
    visibility = nil
    let page = try connection.transaction(.read) { () throws(DatabaseError) in
      let dataVersion = try connection.dataVersion()
      var visible: Visibility
      if let known = current, known.generation == query.generation, known.dataVersion == dataVersion {
        visible = known
      } else {
        visible = try Visibility(query, dataVersion: dataVersion, connection)
      }
      let page = try BrowseScan(query: query, connection: connection).page(&visible)
      current = visible
      return page
    }
    visibility = current
    return page
  }
}
