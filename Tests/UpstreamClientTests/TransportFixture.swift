import AgentCore
import Glibc
import Synchronization
import UpstreamClient

typealias Outcome = Result<HTTPResponse, TransportFailure>

private let nextID = Atomic<UInt64>(1)

func newID() -> RequestID { RequestID(nextID.wrappingAdd(1, ordering: .relaxed).oldValue) }

/// A transport whose hashes are `testHash`.
func makeTransport(_ settings: HTTPTransport.Settings = .init(proxy: .none)) throws -> HTTPTransport {
  try HTTPTransport(settings: settings) {
    let bytes = Mutex<[UInt8]>([])
    let kept = Kept(bytes: bytes)
    return StreamHasher(update: { chunk in kept.add(chunk) }, finishHex: { testHash(kept.all) })
  }
}

/// The bytes that a test's hasher has seen.
private final class Kept: Sendable {
  private let bytes: Mutex<[UInt8]>
  init(bytes: consuming Mutex<[UInt8]>) { self.bytes = bytes }
  func add(_ chunk: [UInt8]) { bytes.withLock { $0 += chunk } }
  var all: [UInt8] { bytes.withLock { $0 } }
}

/// FNV-1a, repeated to the 64 digits of a SHA-256: the edge compares hashes, it does not care which.
func testHash(_ bytes: [UInt8]) -> String {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  let digits = String(hash, radix: 16)
  return String(repeating: String(repeating: "0", count: 16 - digits.count) + digits, count: 4)
}

func get(
  _ url: String, timeout: Duration = .seconds(20), freshConnection: Bool = false, expectedType: String? = nil,
  sink: BodySink = .memory(limit: 1000)
) -> HTTPRequest {
  HTTPRequest(
    method: .get, url: url, timeout: timeout, freshConnection: freshConnection, expectedType: expectedType, sink: sink)
}

extension HTTPTransport {
  func outcome(_ request: HTTPRequest) async -> Outcome {
    await withCheckedContinuation { continuation in
      send(request, id: newID()) { continuation.resume(returning: $0) }
    }
  }
}

extension Outcome {
  var response: HTTPResponse? { try? get() }
  var failure: TransportFailure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
  var text: String? { response.map { String(decoding: $0.body, as: UTF8.self) } }
}

/// A directory that is gone with the value.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/upstream-client-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { fatalError("no temporary directory for the test") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }

  var names: [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var result: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { result.append(name) }
    }
    return result.sorted()
  }

  func write(_ bytes: [UInt8], _ name: String) {
    let descriptor = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  func read(_ name: String) -> [UInt8]? {
    let descriptor = unsafe open("\(path)/\(name)", O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return result }
      result += chunk[..<count]
    }
  }
}
