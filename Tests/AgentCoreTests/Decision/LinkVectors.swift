import AgentCore
import FoundationEssentials

/// The worked cases of `shared/vectors/links.json`, which lie beside a checkout and not in it.
struct LinkVectors: Decodable {
  var cases: [Case]

  struct Case: Decodable {
    var link: String
    var answer: Answer
  }

  struct Answer: Decodable {
    var service: String?
    var form: String?
    var id: String?
    var canonical: String?
    var error: String?

    /// In the form that the tests compare.
    var line: String { error ?? [service, form, id, canonical].map { $0 ?? "-" }.joined(separator: " ") }
  }

  /// Nil where no folder above this file has `shared/vectors`.
  static let path: String? = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let file = folder.appendingPathComponent("shared/vectors/links.json").path
      if FileManager.default.fileExists(atPath: file) { return file }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  static func read() throws -> [Case] {
    guard let path, let data = FileManager.default.contents(atPath: path) else { return [] }
    return try JSONDecoder().decode(LinkVectors.self, from: data).cases
  }
}

/// What the parser says, as one line: `service form id canonical`, or the code of the error.
func parsed(_ link: String) -> String {
  switch LinkParser.parse(link) {
  case .success(let locator): "\(locator.service) \(locator.form.rawValue) \(locator.id) \(locator.canonical)"
  case .failure(let error): error.rawValue
  }
}

/// A sequence that is the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
