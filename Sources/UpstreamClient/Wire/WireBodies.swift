import AgentCore

/// The JSON bodies of requests (`spec/wire.md` §§1, 6).
enum WireBodies {
  static func claim(code: String, assertion: String, _ context: WireContext) throws(TransportFailure) -> [UInt8] {
    try WireJSON.encode(
      [
        "code": JSONValue.string(code),
        "device_key": try object(context.deviceKey, "device_key"),
        "device_info": try object(context.deviceInfo, "device_info"),
        "client_assertion": .string(assertion),
      ])
  }

  static func state(_ report: StateReport, agent: String) throws(TransportFailure) -> [UInt8] {
    try WireJSON.encode(StateDocument(report: report, agent: agent))
  }

  static func request(_ record: RequestRecord) throws(TransportFailure) -> [UInt8] {
    var members: [String: JSONValue] = [
      "id": .string(record.id), "profile": .string(record.profile), "asks": .string(record.asks.name),
      "at": .string(record.at.description),
    ]
    switch record.asks {
    case .title(let title): members["title"] = .string(title.text)
    case .time(let minutes): members["minutes"] = .integer(Int64(minutes))
    }
    return try WireJSON.encode(members)
  }

  private static func object(_ text: String, _ name: String) throws(TransportFailure) -> JSONValue {
    guard let value = try? WireJSON.decode(JSONValue.self, Array(text.utf8)), case .object = value else {
      throw .local("\(name) is no JSON object")
    }
    return value
  }
}

/// A state report with all members, null where there is nothing; `metrics` has none yet.
private struct StateDocument: Encodable {
  var report: StateReport
  var agent: String

  private enum Key: String, CodingKey {
    case agent, boot, up_s, policy, refused, trust, shelves, outbox, health, commands, metrics
    case version, reason, path, epoch, next, depth, oldest_at
  }

  func encode(to encoder: any Encoder) throws {
    var document = encoder.container(keyedBy: Key.self)
    try document.encode(agent, forKey: .agent)
    try document.encode(report.boot, forKey: .boot)
    try document.encode((report.upSeconds * 10).rounded() / 10, forKey: .up_s)
    try document.encode(report.policy, forKey: .policy)
    try encodeRefused(into: &document)
    try document.encode(report.trust, forKey: .trust)
    try document.encode(report.shelves, forKey: .shelves)
    try encodeOutbox(into: &document)
    try document.encode(report.health, forKey: .health)
    try document.encode(report.commands, forKey: .commands)
    try document.encode([String: Int](), forKey: .metrics)
  }

  private func encodeRefused(into document: inout KeyedEncodingContainer<Key>) throws {
    guard let refused = report.refused else { return try document.encodeNil(forKey: .refused) }
    var member = document.nestedContainer(keyedBy: Key.self, forKey: .refused)
    try member.encode(refused.version, forKey: .version)
    try member.encode(refused.reason, forKey: .reason)
    try member.encode(refused.path, forKey: .path)
  }

  private func encodeOutbox(into document: inout KeyedEncodingContainer<Key>) throws {
    var member = document.nestedContainer(keyedBy: Key.self, forKey: .outbox)
    try member.encode(report.outbox.epoch, forKey: .epoch)
    try member.encode(report.outbox.next, forKey: .next)
    try member.encode(report.outbox.depth, forKey: .depth)
    try member.encode(report.outbox.oldestAt, forKey: .oldest_at)
  }
}
