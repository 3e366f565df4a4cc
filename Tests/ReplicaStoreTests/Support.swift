import AgentCore
import Database
import Glibc
import Synchronization
import Testing

@testable import ReplicaStore

/// A directory of its own for one test; it goes with it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/replica-store-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    try #require(made)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    try #require(count == bytes.count)
    return file(name)
  }
}

/// The digest that the daemon hands in.
let digest: ShelfDigest = { bytes in
  var copy: [UInt8] = []
  for index in bytes.indices { copy.append(bytes[index]) }
  return SHA256.first64(copy)
}

/// A part as it is served.
func part(_ lines: [String]) throws -> [UInt8] { try Gzip.pack(Array(lines.map { $0 + "\n" }.joined().utf8)) }

func put(_ title: String) -> String { "{\"put\":\(title)}" }

func check(_ titles: [String]) -> ShelfManifest.Check {
  let xor = titles.reduce(UInt64(0)) { $0 ^ SHA256.first64(Array($1.utf8)) }
  let hex = String(xor, radix: 16)
  return .init(titles: titles.count, xor64: String(repeating: "0", count: 16 - hex.count) + hex)
}

func reference(_ text: String) throws -> TitleReference { try #require(TitleReference(text)) }
func shelf(_ text: String) throws -> ShelfName { try #require(ShelfName(text)) }

extension CatalogueStore {
  /// Brings a shelf to titles by a snapshot of one part.
  func take(
    _ shelf: ShelfName, version: Int, _ titles: [String], in scratch: Scratch, job: UInt64 = 1
  ) throws -> ShelfCommitResult {
    try begin(ShelfJob(job), shelf, version: version, isSnapshot: true)
    let path = try scratch.write(try part(titles.map(put)), to: "part")
    let step = apply(ShelfJob(job), partPath: path, kind: .snapshot(titles: titles.count))
    guard case .applied = step else { return .failed("\(step)") }
    return commit(ShelfJob(job), check(titles))
  }

  /// Everything that the tables hold, in one order, without row numbers.
  func dump() throws -> [String] {
    let titles = try connection.rows(
      """
      SELECT t.ref || '|' || t.name || '|' || f.kind || '|' || f.genres || '|' || f.ratings || '|' || t.shelves
      FROM title t JOIN facts f ON f.id = t.facts_id ORDER BY t.ref
      """
    ) { (row) throws(DatabaseError) in try row.text(0) }
    let offers = try connection.rows(
      """
      SELECT t.ref || '|' || s.name || '|' || o.position || '|' || o.link FROM offer o
      JOIN title t ON t.id = o.title_id JOIN shelf s ON s.id = o.shelf_id ORDER BY t.ref, s.name, o.position
      """
    ) { (row) throws(DatabaseError) in try row.text(0) }
    let held = try connection.rows(
      """
      SELECT s.name || '|' || h.ref || '|' || (h.title_id IS NULL) || '|' || h.digest FROM shelf_title h
      JOIN shelf s ON s.id = h.shelf_id ORDER BY 1
      """
    ) { (row) throws(DatabaseError) in try row.text(0) }
    return titles + offers + held
  }

  func count(_ table: String) throws -> Int {
    try connection.first("SELECT count(*) FROM \(table)") { (row) throws(DatabaseError) in try row.int(0) } ?? 0
  }
}

/// Where the texts and vectors beside the project are; nil where they are absent.
let vectors: String? = {
  var directory = #filePath[...]
  while let slash = directory.lastIndex(of: "/") {
    directory = directory[..<slash]
    let candidate = directory + "/shared/vectors"
    if unsafe access(String(candidate), R_OK) == 0 { return String(candidate) }
  }
  return nil
}()

func contents(_ path: String) throws -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if count <= 0 { return bytes }
    bytes += chunk.prefix(count)
  }
}

/// Deletes a directory with what is in it; links are not followed.
private func removeTree(_ path: String) {
  guard unsafe unlink(path) != 0 else { return }
  if let directory = unsafe opendir(path) {
    defer { unsafe _ = closedir(directory) }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
  }
  _ = unsafe rmdir(path)
}

/// Waits for the one answer of an asynchronous call.
func answer<T: Sendable>(_ ask: (@escaping @Sendable (T) -> Void) -> Void) async -> T {
  await withCheckedContinuation { continuation in ask { continuation.resume(returning: $0) } }
}
