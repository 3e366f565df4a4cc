import ArgumentParser
import Foundation
import UpstreamCore

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import titles from NDJSON files, plain or gzip.",
    discussion: """
      One JSON object a line, a title whose offers name region and service. All becomes visible or nothing; a malformed \
      line is named by its number and left out. Where the data directory is served, the running upstream imports.
      """)

  @Argument(help: "NDJSON files, plain or gzip.") var files: [String]
  @Option(name: .long, help: "The data directory.") var data: String
  @Flag(name: .long, help: "Titles that these files do not name go.") var replace = false
  @Flag(name: .long, help: "Exit with 65 where a line was left out.") var strict = false
  @Flag(name: .long, help: "Print the counts as JSON.") var json = false

  func validate() throws {
    if replace && files.count > 1 { throw ValidationError("--replace takes one file") }
  }

  func run() async throws {
    for file in files where !FileManager.default.isReadableFile(atPath: file) {
      throw Failure(.noInput, "\(file) cannot be read; check its name")
    }
    for file in files {
      let kind = try? FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
      guard kind != .typeDirectory else { throw Failure(.noInput, "\(file) is a directory; name its files") }
    }
    let summary: ImportSummary
    do { summary = try direct(DataDirectory(path: data)) } catch let failure as Failure where failure.exit == .busy {
      summary = try await byServer()
    }
    try show(summary)
    if strict && summary.refused > 0 {
      throw Failure(.data, "\(summary.refused) lines were left out; mend them and import again")
    }
  }

  private func direct(_ directory: DataDirectory) throws -> ImportSummary {
    let store = try CatalogueStore(directory: directory, key: try UpstreamKeys(in: directory).catalogue)
    return try store.importFiles(
      files.map { ($0, $0) }, replace: replace, now: UpstreamClock.now().wallTime, refused: ImportCommand.name)
  }

  private func byServer() async throws -> ImportSummary {
    let client = try AdminClient(upstream: nil, data: data, tokenFile: nil)
    var total = ImportSummary()
    for file in files {
      let result = try await client.importFile(file, replace: replace)
      for line in result.refused { ImportCommand.name(line) }
      total.titles += result.summary.titles
      total.offers += result.summary.offers
      total.refused += result.summary.refused
      total.removed += result.summary.removed
      total.changed += result.summary.changed
      total.shelves = result.summary.shelves
      total.seconds += result.summary.seconds
    }
    return total
  }

  private static func name(_ line: RefusedLine) {
    complain("\(line.file):\(line.line): \(line.reason); left out")
  }

  private func show(_ summary: ImportSummary) throws {
    if json {
      print(try JSON.text(summary))
      return
    }
    let removed = replace ? ", \(summary.removed) titles removed" : ""
    let seconds = (summary.seconds * 10).rounded() / 10
    print(
      "\(summary.titles) titles with \(summary.offers) offers, \(summary.refused) lines left out\(removed), \(seconds) s"
    )
    for shelf in summary.changed {
      print("\(shelf.shelf)  version \(shelf.version)  \(shelf.titles) titles  \(shelf.bytes) bytes")
    }
    print("\(summary.changed.count) of \(summary.shelves) shelves changed")
  }
}
