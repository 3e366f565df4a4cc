import AgentCore

/// What the agent asks of `axolotly-launch`, once, at the start of their connection.
///
/// On the wire: `AXL1`, the body's length in four bytes (big endian), and the body: strings that end in a zero byte, the directory
/// (empty for none), then the arguments.
package struct AppRequest: Sendable, Equatable {
  /// The program and its arguments.
  package var arguments: [String]
  /// Made before the program is started, closed to other users; it lies in the directory of apps' state.
  package var directory: String?

  package init(arguments: [String], directory: String?) {
    (self.arguments, self.directory) = (arguments, directory)
  }

  static let greeting = Array("AXL1".utf8)
  static let headerBytes = 8

  /// The request's bytes; nil where it is over `Limits.launchRequestBytes` or holds a zero byte.
  package var bytes: [UInt8]? {
    var body: [UInt8] = []
    for text in [directory ?? ""] + arguments {
      guard !text.utf8.contains(0) else { return nil }
      body += Array(text.utf8) + [0]
    }
    guard !arguments.isEmpty, body.count <= Limits.launchRequestBytes else { return nil }
    let length = UInt32(body.count)
    return Self.greeting + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + body
  }

  /// The length of the body that a header announces; nil where it is none.
  static func bodyBytes(of header: [UInt8]) -> Int? {
    guard header.count == headerBytes, Array(header.prefix(4)) == greeting else { return nil }
    let length = header.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    return (1...Limits.launchRequestBytes).contains(length) ? length : nil
  }

  /// Reads a body; nil where it is none.
  init?(body: [UInt8]) {
    guard body.last == 0 else { return nil }
    let parts = body.dropLast().split(separator: 0, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts.count <= Limits.handlerArguments + 1 else { return nil }
    var texts: [String] = []
    for part in parts {
      guard let text = String(validating: part, as: UTF8.self) else { return nil }
      texts.append(text)
    }
    guard !texts[1].isEmpty else { return nil }
    arguments = Array(texts.dropFirst())
    directory = texts[0].isEmpty ? nil : texts[0]
  }
}
