import NIOCore

/// An answer before it becomes bytes, the same for routes and for held requests.
struct Answer: Sendable {
  var status: Int
  /// In the order of writing.
  var headers: [(name: String, value: String)] = []
  var body = ByteBuffer()
  var isPrivate = true

  static func json(_ value: some Encodable, status: Int = 200) throws -> Answer {
    Answer(
      status: status, headers: [("Content-Type", "application/json")], body: ByteBuffer(bytes: try JSON.data(value)))
  }

  static let noContent = Answer(status: 204)

  /// What every answer carries besides its own (`spec/wire.md` §0); `Date` is written by the server.
  func commonHeaders(requestID: String) -> [(name: String, value: String)] {
    var all = headers
    if isPrivate { all.append(("Cache-Control", "no-store")) }
    all.append(("X-Request-Id", requestID))
    return all
  }
}
