import AgentCore
import Foundation
import SystemdHost
import Trust

/// The directory of an upstream: databases, blobs, keys and the administration's token. One process uses it at a time.
///
/// ```
/// upstream.json   what tells the directory from others'     lock         held by the process that uses it
/// upstream.db     families, devices, codes, usage           catalogue.db titles, offers, shelves
/// keys.json       signing keys, 0600                        admin-token  0600
/// blobs/SHA256    parts of shelves as served                address      of the running server
/// ```
final class DataDirectory: Sendable {
  let path: String
  /// Held until the process ends.
  private let lock: FileLock

  static let marker = #"{"program":"axolotly-upstream","format":1}"#

  /// Opens or makes the directory and locks it.
  init(path: String) throws {
    self.path = path
    try DataDirectory.prepare(path)
    lock = try DataDirectory.takeLock(path)
    removeLeftovers()
  }

  /// What a process that was killed while it received an import left.
  private func removeLeftovers() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.hasPrefix("import-") && name.hasSuffix(".part") {
      try? FileManager.default.removeItem(atPath: file(name))
    }
  }

  func file(_ name: String) -> String { path + "/" + name }
  var blobs: String { file("blobs") }
  func blob(_ sha256: String) -> String { blobs + "/" + sha256 }

  private static func prepare(_ path: String) throws {
    let files = FileManager.default
    let marker = path + "/upstream.json"
    if files.fileExists(atPath: path) {
      let kind = try? files.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      guard kind == .typeDirectory else {
        throw Failure(.cannotCreate, "\(path) is a file; name a directory with --data")
      }
      guard files.isWritableFile(atPath: path) else {
        throw Failure(.cannotCreate, "\(path) cannot be written; change its owner or name another --data")
      }
      if !files.fileExists(atPath: marker) {
        let found = (try? files.contentsOfDirectory(atPath: path)) ?? []
        guard found.isEmpty else {
          throw Failure(.cannotCreate, "\(path) is not empty and is no upstream's; name an empty or a new directory")
        }
      }
    } else {
      do {
        try files.createDirectory(
          atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw Failure(.cannotCreate, "\(path) cannot be made (\(error.localizedDescription)); name another --data")
      }
    }
    do {
      if files.fileExists(atPath: marker) {
        let text = try String(contentsOfFile: marker, encoding: .utf8)
        guard text.trimmingCharacters(in: .whitespacesAndNewlines) == DataDirectory.marker else {
          throw Failure(.cannotCreate, "\(path) is of another program or a newer one; name another --data")
        }
      } else {
        try writePrivately(DataDirectory.marker + "\n", to: marker)
      }
      try files.createDirectory(atPath: path + "/blobs", withIntermediateDirectories: true)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.cannotCreate, "\(path) cannot be written (\(error.localizedDescription)); name another --data")
    }
  }

  private static func takeLock(_ path: String) throws -> FileLock {
    do { return try FileLock(path + "/lock", holding: path) } catch let error as HostError where error.code == .inUse {
      throw Failure(.busy, "\(path) is in use by another process; stop it or name another --data")
    } catch { throw Failure(.cannotCreate, "\(error)") }
  }

  /// Writes a file of mode 0600 by rename: it is there whole or not at all.
  static func writePrivately(_ text: String, to path: String) throws {
    do { try PrivateFile.replace(path, with: Array(text.utf8)) } catch { throw Failure(.io, "\(error)") }
  }

  private static let tokenBytes = 1_024

  /// The administration's token, made at first use; one that others can read is refused.
  func adminToken() throws -> String {
    let path = file("admin-token")
    let held: [UInt8]?
    do { held = try PrivateFile.read(path, limit: DataDirectory.tokenBytes) } catch {
      throw Failure(.noPermission, "\(error)")
    }
    if let held {
      let token = String(decoding: held, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      guard !token.isEmpty else { throw Failure(.data, "\(path) is empty; remove it, and a new one is made") }
      return token
    }
    let token = Base64URL.encode(SecureRandom.bytes(count: 32))
    try DataDirectory.writePrivately(token + "\n", to: path)
    return token
  }
}
