import AgentCore
import Database
import Foundation
import Trust
import UpstreamCore

/// Titles, offers and shelves in `catalogue.db`, blobs as files; it belongs to its thread (`StoreThread`).
final class CatalogueStore {
  let connection: Connection
  let directory: DataDirectory
  let key: SigningKey

  init(directory: DataDirectory, key: SigningKey) throws {
    connection = try Connection(path: directory.file("catalogue.db"), settings: UpstreamSchema.catalogueSettings)
    try UpstreamSchema.catalogue.apply(to: connection)
    (self.directory, self.key) = (directory, key)
  }

  /// The version of each shelf.
  func versions() throws -> [ShelfName: Int] {
    let rows = try connection.rows("SELECT shelf, version FROM shelves") { (row) throws(DatabaseError) in
      (try row.text(0), try row.int(1))
    }
    return Dictionary(uniqueKeysWithValues: rows.compactMap { row in ShelfName(row.0).map { ($0, row.1) } })
  }

  struct ShelfRow: Codable, Sendable {
    var shelf: String
    var version: Int
    var titles: Int
    var bytes: Int
  }

  func shelves() throws -> [ShelfRow] {
    try connection.rows("SELECT shelf, version, titles, bytes FROM shelves ORDER BY shelf") {
      (row) throws(DatabaseError) in
      ShelfRow(shelf: try row.text(0), version: try row.int(1), titles: try row.int(2), bytes: try row.int(3))
    }
  }

  /// The signed manifest of a shelf; nil where there is no such shelf.
  func manifest(_ shelf: ShelfName) throws -> (text: String, version: Int)? {
    try connection.first("SELECT manifest, version FROM shelves WHERE shelf = ?", [.text(shelf.text)]) {
      (row) throws(DatabaseError) in (try row.text(0), try row.int(1))
    }
  }

  func names(of references: [String]) throws -> [String: String] {
    var names: [String: String] = [:]
    for reference in Set(references) {
      names[reference] = try connection.first("SELECT name FROM titles WHERE ref = ?", [.text(reference)]) {
        (row) throws(DatabaseError) in try row.text(0)
      }
    }
    return names
  }
}
