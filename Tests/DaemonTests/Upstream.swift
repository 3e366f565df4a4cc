import AgentCore
import FoundationEssentials
import Glibc
import LocalAPI

/// A reference upstream that serves a test on loopback, and its commands as a parent or an operator types them.
final class Upstream {
  static let family = "f_demo"

  private let directory: TemporaryDirectory
  private let data: String
  private(set) var process: ChildProcess?
  private(set) var address = ""

  /// Starts one with a family and its policy, and with the sample catalogue where a test needs titles.
  init(withCatalogue: Bool = false) throws {
    directory = TemporaryDirectory()
    data = directory.file("data")
    if withCatalogue {
      let result = try run(["import", Repository.file("packaging/catalogue/sample.ndjson")])
      try result.expect(.code(0), "the sample catalogue to be imported")
    }
    try serve()
    try createFamily(Self.family)
    try command(["policy", "set", Self.family, Repository.file("packaging/demo/policy.json")])
  }

  /// Serves the data directory, on the port that it had where it had one.
  func serve() throws {
    let listen = address.isEmpty ? "127.0.0.1:0" : String(address.dropFirst("http://".count))
    let process = try ChildProcess(
      "axolotly-upstream", ["serve", "--data", data, "--listen", listen, "--poll-spread", "0"], in: directory)
    address = try process.firstLine(until: .soon)
    self.process = process
  }

  /// Writes over its database as cheap flash does.
  func damageDatabase() { directory.write(String(repeating: "no database ", count: 2_000), to: "data/upstream.db") }

  func stop() throws {
    guard let process else { return }
    process.send(signal: SIGTERM)
    guard try process.exit(until: .soon) != nil else {
      throw TestFailure("the upstream does not stop", log: process.log)
    }
    self.process = nil
  }

  var port: Int { address.split(separator: ":").last.flatMap { Int($0) } ?? 0 }
  var databaseFile: String { data + "/upstream.db" }
  var log: String { "-- upstream\n" + (process?.log ?? "") }

  // MARK: Commands

  /// Runs a command on this data directory.
  func run(_ arguments: [String]) throws -> CommandResult {
    try CommandResult.of("axolotly-upstream", arguments + ["--data", data])
  }

  /// Runs a command that has to succeed; returns what it prints.
  @discardableResult
  func command(_ arguments: [String]) throws -> String {
    let result = try run(arguments)
    try result.expect(.code(0), arguments.joined(separator: " "), log: log)
    return result.output
  }

  private func document<Document: Decodable>(_ type: Document.Type, _ arguments: [String]) throws -> Document {
    try JSONDecoder().decode(type, from: Data(try command(arguments + ["--json"]).utf8))
  }

  func createFamily(_ id: String) throws {
    try command(["family", "create", "--name", "Demo", "--id", id])
  }

  /// A code for `axolotlyctl pair --code`.
  func pairingCode(family: String = Upstream.family) throws -> String {
    try document(PairingOffer.self, ["pairing", "create", "--family", family]).code
  }

  func devices(family: String = Upstream.family) throws -> [String] {
    try document(DeviceList.self, ["device", "list", family]).devices.map(\.device)
  }

  func usage(family: String = Upstream.family) throws -> Usage { try document(Usage.self, ["usage", "show", family]) }

  /// Titles by shelf.
  func shelves() throws -> [String: Int] {
    let rows = try document(Shelves.self, ["shelves"]).shelves
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.shelf, $0.titles) })
  }

  // MARK: Documents, as far as the tests read them

  private struct PairingOffer: Decodable { var code: String }
  private struct DeviceList: Decodable { var devices: [Device] }
  private struct Device: Decodable { var device: String }
  private struct Shelves: Decodable { var shelves: [Shelf] }
  private struct Shelf: Decodable {
    var shelf: String
    var titles: Int
  }

  struct Usage: Decodable {
    var sessions: [Session]

    struct Session: Decodable {
      var device: String
      var profile: String?
      var title: String?
      var app: String?
      var startedAt: String?
      var seconds: Int64
      var ended: Bool
      var reason: String?

      enum CodingKeys: String, CodingKey {
        case device, profile, title, app, seconds, ended, reason
        case startedAt = "started_at"
      }
    }
  }
}
