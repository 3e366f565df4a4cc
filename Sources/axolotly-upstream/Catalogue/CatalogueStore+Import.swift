import AgentCore
import Database
import Foundation

/// What an import did.
struct ImportSummary: Codable, Sendable {
  var titles = 0
  var offers = 0
  var refused = 0
  /// Titles that these files no longer name; only with `replace`.
  var removed = 0
  /// The shelves whose content changed.
  var changed: [CatalogueStore.ShelfRow] = []
  var shelves = 0
  var seconds = 0.0
}

/// A line that was not taken.
struct RefusedLine: Codable, Sendable {
  var file: String
  var line: Int
  var reason: String
}

extension CatalogueStore {
  /// Refused lines that are named; further ones are only counted.
  static let namedLines = 1_000

  /// Imports files in one transaction: all becomes visible or nothing.
  ///
  /// A title replaces the one of the same reference with all its offers; with `replace`, titles that no file names go.
  func importFiles(
    _ files: [(name: String, path: String)], replace: Bool, now: WallTime, refused: (RefusedLine) -> Void
  ) throws -> ImportSummary {
    let began = Date()
    var summary = ImportSummary()
    var blobs: [String] = []
    try connection.begin(.write)
    do {
      try connection.run("INSERT INTO runs(at) VALUES(?)", [.integer(now.seconds)])
      let run = connection.lastInsertedRow
      let decoder = JSONDecoder()
      for file in files {
        try LineReader(path: file.path, name: file.name).forEachLine { number, line in
          if let line, line.isEmpty { return }
          let title: ImportedTitle
          do throws(ImportedTitle.Refusal) {
            guard let line else { throw ImportedTitle.Refusal(reason: "it is longer than \(Limits.lineBytes) bytes") }
            title = try ImportedTitle(line: line, decoder: decoder)
          } catch {
            summary.refused += 1
            if summary.refused <= CatalogueStore.namedLines {
              refused(RefusedLine(file: file.name, line: number, reason: error.reason))
            }
            return
          }
          try take(title, run: run, &summary)
        }
      }
      // A wrong file must not take the whole catalogue away.
      guard summary.titles > 0 || (summary.refused == 0 && !replace) else {
        throw Failure(.data, "no line is a title; files have to be NDJSON, plain or gzip; nothing was imported")
      }
      if replace { summary.removed = try removeTitles(notOf: run) }
      let built = try buildShelves(now: now, madeBlobs: &blobs)
      (summary.changed, summary.shelves) = (built.changed, built.total)
      try connection.commit()
    } catch {
      connection.rollBack()
      for blob in blobs { try? FileManager.default.removeItem(atPath: directory.blob(blob)) }
      throw error
    }
    summary.seconds = Date().timeIntervalSince(began)
    return summary
  }

  private func take(_ title: ImportedTitle, run: Int64, _ summary: inout ImportSummary) throws(DatabaseError) {
    try connection.run(
      "INSERT OR REPLACE INTO titles(ref, name, body, run) VALUES(?, ?, ?, ?)",
      [.text(title.ref.text), .text(title.name), .text(String(decoding: title.body, as: UTF8.self)), .integer(run)])
    try connection.run("DELETE FROM offers WHERE ref = ?", [.text(title.ref.text)])
    for (region, service, json) in title.offersByShelf {
      try connection.run(
        "INSERT INTO offers(region, service, ref, body) VALUES(?, ?, ?, ?)",
        [.text(region), .text(service), .text(title.ref.text), .text(String(decoding: json, as: UTF8.self))])
    }
    summary.titles += 1
    summary.offers += title.offers.count
  }

  private func removeTitles(notOf run: Int64) throws -> Int {
    try connection.run("DELETE FROM offers WHERE ref IN (SELECT ref FROM titles WHERE run <> ?)", [.integer(run)])
    try connection.run("DELETE FROM titles WHERE run <> ?", [.integer(run)])
    return connection.changes
  }
}
