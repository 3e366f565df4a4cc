import AgentCore
import Foundation
import NIOCore
import NIOPosix

/// What is the same for all boxes and cacheable (`spec/wire.md` §1 time, §4 catalogue).
struct PublicRoutes {
  let services: UpstreamServices

  func answer(_ call: Call) async throws -> Answer {
    let path = call.path.dropFirst(2)
    guard call.method == "GET" else { throw Problem.methodNotAllowed("GET") }
    switch (path.first, path.count) {
    case ("time", 1): return .noContent
    case ("shelves", 4) where path.last == "head":
      return try await manifest(Array(path)[1] + "/" + Array(path)[2], call)
    case ("blobs", 2): return try await blob(Array(path)[1], call)
    default: throw Problem.notFound
    }
  }

  private func manifest(_ name: String, _ call: Call) async throws -> Answer {
    guard let shelf = ShelfName(name) else { throw Problem.notFound }
    guard let (text, version) = try await services.catalogue.perform({ try $0.manifest(shelf) }) else {
      throw Problem.notFound
    }
    // The version alone would not do: after a restored backup the same one may have other content.
    let tag = "\"\(version)-\(text.suffix(16))\""
    var answer = Answer(
      status: 200,
      headers: [
        ("Content-Type", "application/jose"), ("ETag", tag),
        ("Cache-Control", "public, max-age=5, stale-while-revalidate=5"),
      ], body: ByteBuffer(string: text), isPrivate: false)
    if PublicRoutes.matches(call.headers["if-none-match"], tag) {
      answer.status = 304
      answer.body = ByteBuffer()
    }
    return answer
  }

  /// RFC 9110 §13.1.2.
  private static func matches(_ header: String?, _ tag: String) -> Bool {
    guard let header else { return false }
    return header.split(separator: ",").contains { candidate in
      let plain = candidate.trimmingCharacters(in: .whitespaces)
      return plain == "*" || plain == tag || plain == "W/" + tag
    }
  }

  private func blob(_ hash: String, _ call: Call) async throws -> Answer {
    guard hash.utf8.count == 64, hash.utf8.allSatisfy({ Array("0123456789abcdef".utf8).contains($0) }) else {
      throw Problem.notFound
    }
    let path = services.directory.blob(hash)
    let data = try await NIOThreadPool.singleton.runIfActive { FileManager.default.contents(atPath: path) }
    guard let data else { throw Problem.notFound }
    var answer = Answer(
      status: 200,
      headers: [
        ("Content-Type", "application/octet-stream"), ("Cache-Control", "public, max-age=31536000, immutable"),
        ("Accept-Ranges", "bytes"), ("ETag", "\"\(hash)\""),
      ], isPrivate: false)
    let range = call.headers["if-range"].map { $0 == "\"\(hash)\"" } ?? true
    switch range ? PublicRoutes.range(call.headers["range"], of: data.count) : .whole {
    case .whole: answer.body = ByteBuffer(bytes: data)
    case .part(let bytes):
      answer.status = 206
      answer.headers.append(("Content-Range", "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(data.count)"))
      answer.body = ByteBuffer(bytes: data[bytes])
    case .outside:
      answer.status = 416
      answer.headers.append(("Content-Range", "bytes */\(data.count)"))
    }
    return answer
  }

  enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    case outside
  }

  /// One range of bytes (RFC 9110 §14.2); several, or another unit, give the whole.
  static func range(_ header: String?, of count: Int) -> ByteRange {
    guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return .whole }
    let sides = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2 else { return .whole }
    if sides[0].isEmpty {
      guard let last = Int(sides[1]), last >= 0 else { return .whole }
      return last == 0 || count == 0 ? .outside : .part(max(0, count - last)..<count)
    }
    guard let first = Int(sides[0]), first >= 0 else { return .whole }
    guard first < count else { return .outside }
    if sides[1].isEmpty { return .part(first..<count) }
    guard let last = Int(sides[1]), last >= first else { return .whole }
    return .part(first..<min(last + 1, count))
  }
}
