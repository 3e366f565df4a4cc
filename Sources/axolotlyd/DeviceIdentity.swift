import AgentCore
import FoundationEssentials
import ReplicaStore
import SystemdHost
import Trust

/// The identity file: the box's key and, once paired, who it is. Mode 0600, written by rename.
///
/// The key is durable before it is used for the first time, so that a crash never leaves two devices for one box. What
/// changes later is written by a thread of its own, in order: the loop never waits for a disk.
final class DeviceIdentity {
  private struct File: Codable {
    var key: String
    var identity: Identity?
  }

  static let fileBytes = 64 << 10

  let path: String
  private let writer = WorkerThread(name: "identity") { () }
  private(set) var key: DeviceKey
  private(set) var identity: Identity?
  /// The damaged file that was set aside, where there was one.
  private(set) var setAside: String?

  /// Reads the file, or makes a key and writes it.
  init(path: String) throws {
    self.path = path
    key = DeviceKey.generate()
    if let bytes = try PrivateFile.read(path, limit: Self.fileBytes) {
      if let file = try? JSONDecoder().decode(File.self, from: Data(bytes)), let raw = Base64URL.decode(file.key),
        let known = try? DeviceKey(rawRepresentation: raw)
      {
        key = known
        identity = file.identity
        return
      }
      let aside = path + ".damaged"
      try PrivateFile.replace(aside, with: bytes)
      setAside = aside
    }
    try PrivateFile.replace(path, with: try encoded())
  }

  /// Takes an identity and makes it durable; the completion is called on the writing thread.
  func save(_ identity: Identity, completion: @escaping @Sendable (Result<Void, any Error>) -> Void) {
    self.identity = identity
    write(before: {}, completion: completion)
  }

  /// A new key and no identity: what is left after everything was erased. `mark` is made durable before.
  func reset(
    mark: @escaping @Sendable () throws -> Void, completion: @escaping @Sendable (Result<Void, any Error>) -> Void
  ) {
    key = DeviceKey.generate()
    identity = nil
    write(before: mark, completion: completion)
  }

  /// Ends the writing thread when all is written.
  func close() { writer.stop() }

  private func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(File(key: Base64URL.encode(key.rawRepresentation), identity: identity)))
  }

  private func write(
    before: @escaping @Sendable () throws -> Void, completion: @escaping @Sendable (Result<Void, any Error>) -> Void
  ) {
    let (path, content) = (path, Result { try encoded() })
    writer.submit { _ in
      completion(
        Result {
          try before()
          try PrivateFile.replace(path, with: try content.get())
        })
    }
  }
}
