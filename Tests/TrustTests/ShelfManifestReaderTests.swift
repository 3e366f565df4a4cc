import AgentCore
import Testing
import Trust

@Suite struct ShelfManifestReaderTests {
  /// `shelves.json`, as far as the manifests alone are concerned.
  struct File: Decodable, Sendable {
    var shelf: ShelfName
    var manifest: String
    var manifests: [String: String]
    var broken: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var manifest: String
    var expect: String
    var testDescription: String { name }
  }

  static let file = Vectors.read(File.self, "shelves.json")

  @Test(.enabled(if: Vectors.areHere, Vectors.absence), arguments: file?.broken ?? [])
  func `open, each broken shelf of the vectors, refuses the manifests that are refused`(_ row: Case) throws {
    let trust = try #require(Vectors.keys).trust
    let opened = ShelfManifestReader.open(row.manifest, shelf: try #require(Self.file).shelf, trust: trust)
    #expect((opened == .refused) == (row.expect == "refuse_manifest"))
  }

  @Test(.enabled(if: Vectors.areHere, Vectors.absence))
  func `open, the good manifests of the vectors, gives each version`() throws {
    let (file, trust) = (try #require(Self.file), try #require(Vectors.keys).trust)
    for (version, text) in file.manifests.map({ ($0.key, $0.value) }) + [("5", file.manifest)] {
      guard case .opened(let manifest) = ShelfManifestReader.open(text, shelf: file.shelf, trust: trust) else {
        Issue.record("version \(version) is refused")
        continue
      }
      #expect(String(manifest.version) == version)
    }
  }

  static let hash = String(repeating: "0a", count: 32)

  static let payload = """
    {"shelf":"US/netflix","version":913,"issued_at":"2026-11-24T12:00:00Z","oldest":880,\
    "snapshot":{"version":900,"parts":[{"sha256":"\(hash)","bytes":1048210,"titles":5200}]},\
    "deltas":[{"from":900,"to":913,"sha256":"\(hash)","bytes":20480,"lines":310}],\
    "check":{"titles":8772,"xor64":"9f86d081884c7d65"}}
    """

  /// What stands in the payload, what in its place, and whether it is opened.
  static let changes: [(old: String, new: String, isOpened: Bool)] = [
    ("900", "900", true),
    (#"{"shelf""#, #"{"colour":1,"shelf""#, true),
    (#""bytes":1048210"#, #""bytes":8388608"#, true),
    (#""bytes":1048210"#, #""bytes":8388609"#, false),
    (#""bytes":1048210"#, #""bytes":-1"#, false),
    (#""titles":5200"#, #""titles":250000"#, true),
    (#""titles":5200"#, #""titles":250001"#, false),
    (#""titles":5200"#, #""titles":-1"#, false),
    (#""parts":["#, #""parts":[{"sha256":"\#(hash)","bytes":1,"titles":244801},"#, false),
    (#""titles":8772"#, #""titles":250001"#, false),
    (#""titles":8772"#, #""titles":-1"#, false),
    (#""bytes":20480"#, #""bytes":8388609"#, false),
    (#""lines":310"#, #""lines":-1"#, false),
    (#""lines":310"#, #""lines":"310""#, false),
    (#""from":900"#, #""from":913"#, false),
    (#""to":913"#, #""to":914"#, false),
    (#"{"version":900"#, #"{"version":914"#, false),
    (#"{"version":900"#, #"{"version":0"#, false),
    (#""oldest":880"#, #""oldest":914"#, false),
    (#""oldest":880,"#, "", false),
    (#""version":913"#, #""version":0"#, false),
    ("0a0a", "0A0A", false),
    (#""sha256":"0a"#, #""sha256":""#, false),
    ("9f86d081884c7d65", "9F86d081884c7d65", false),
    ("9f86d081884c7d65", "9f86d081884c7d6", false),
    ("US/netflix", "US/hulu", false),
    (#"12:00:00Z"#, #"12:00:00"#, false),
    (#","check""#, #","cheque""#, false),
  ]

  @Test(arguments: changes) func `open, a manifest that we changed and signed, is taken where its form is right`(
    _ row: (old: String, new: String, isOpened: Bool)
  ) throws {
    let payload = Self.payload.replacing(row.old, with: row.new, maxReplacements: 1)
    let text = try Fixtures.catalogueKey().signCompact(payload: Array(payload.utf8), typ: .shelf)
    #expect((try open(text) != .refused) == row.isOpened)
  }

  @Test func `open, a manifest by another key or of another type, is refused`() throws {
    let payload = Array(Self.payload.utf8)
    #expect(try open(Fixtures.policyKey().signCompact(payload: payload, typ: .shelf)) == .refused)
    #expect(try open(Fixtures.rootKey().signCompact(payload: payload, typ: .shelf)) == .refused)
    #expect(try open(Fixtures.catalogueKey().signCompact(payload: payload, typ: .policy)) == .refused)
    #expect(try open(Fixtures.key("catalogue-a", 9).signCompact(payload: payload, typ: .shelf)) == .refused)
  }

  @Test func `open, a manifest over its limit, is refused`() throws {
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: Limits.manifestBytes)
    let payload = Array(Self.payload.utf8) + spaces
    #expect(try open(Fixtures.catalogueKey().signCompact(payload: payload, typ: .shelf)) == .refused)
  }

  private func open(_ text: String) throws -> OpenedManifest {
    let shelf = try #require(ShelfName("US/netflix"))
    return ShelfManifestReader.open(text, shelf: shelf, trust: try Fixtures.trust())
  }
}
