import AgentCore

extension WireAnswer {
  /// Reads the heads (`spec/wire.md` §2): every member there and of its type, else the whole answer is refused.
  ///
  /// What is signed is opened here; that it is refused holds up none of the rest.
  static func heads(_ body: [UInt8], _ openers: WireOpeners) throws(TransportFailure) -> Heads {
    let document = try WireJSON.decode(HeadsDocument.self, body)
    var heads = document.value
    if let trust = document.trust {
      let bytes = try WireJSON.encode(trust)
      heads.trust = bytes.count <= Limits.trustBytes ? openers.openTrust(bytes) : .refused
    }
    // After the trust: the policy of the same heads may be signed by a key that it brought.
    if let policy = document.policy {
      heads.policy = Heads.PolicyHead(
        version: policy.version, envelope: policy.envelope.map { openers.openEnvelope($0) })
    }
    return heads
  }
}

/// The heads as they stand on the wire; `policy` and `trust` are still closed.
private struct HeadsDocument: Decodable {
  var value: Heads
  var policy: ClosedPolicy?
  var trust: [String: JSONValue]?

  struct ClosedPolicy: Decodable {
    var version: Int
    var envelope: String?

    private enum Key: String, CodingKey { case version, envelope }

    init(from decoder: any Decoder) throws {
      let document = try decoder.container(keyedBy: Key.self)
      version = try document.decodeCount(forKey: .version, from: 1)
      envelope = document.contains(.envelope) ? try document.decode(String.self, forKey: .envelope) : nil
    }
  }

  private enum Key: String, CodingKey {
    case cursor, policy, trust, catalogue, ledger, leases, answers, commands, usage, poll
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    // Both may be null, neither may be absent.
    policy = try document.decode(ClosedPolicy?.self, forKey: .policy)
    trust = try document.decode([String: JSONValue]?.self, forKey: .trust)
    let cursor = try document.decode(String.self, forKey: .cursor)
    guard cursor.utf8.count <= Limits.cursorBytes else {
      throw document.refusal(.cursor, "over \(Limits.cursorBytes) bytes")
    }
    let commands = try document.decode([CommandDocument].self, forKey: .commands)
    guard commands.count <= Limits.commands else { throw document.refusal(.commands, "over \(Limits.commands)") }
    value = Heads(
      cursor: cursor,
      catalogue: try document.decode([ShelfDocument].self, forKey: .catalogue).map(\.value),
      ledger: try document.decode([String: ElsewhereDocument].self, forKey: .ledger).mapValues(\.value),
      leases: try document.decode([LeaseDocument].self, forKey: .leases).map(\.value),
      answers: try document.decode([RequestAnswerDocument].self, forKey: .answers).map(\.value),
      commands: commands.map(\.value),
      usage: try document.decode(OutboxDocument.self, forKey: .usage).value,
      poll: try document.decode(PollDocument.self, forKey: .poll).value)
  }
}

private struct ShelfDocument: Decodable {
  var value: Heads.ShelfHead
  private enum Key: String, CodingKey { case shelf, version }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    value = Heads.ShelfHead(
      shelf: try document.decode(ShelfName.self, forKey: .shelf),
      version: try document.decodeCount(forKey: .version, from: 1))
  }
}

private struct ElsewhereDocument: Decodable {
  var value: Heads.Elsewhere
  private enum Key: String, CodingKey { case date, elsewhere_s, apps }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    let apps = try document.decodeNumbers([String: Int64].self, forKey: .apps)
    guard apps.values.allSatisfy({ $0 >= 0 }) else { throw document.refusal(.apps, "below 0") }
    value = Heads.Elsewhere(
      date: try document.decode(CalendarDate.self, forKey: .date),
      seconds: try document.decodeCount(forKey: .elsewhere_s, from: 0), apps: apps)
  }
}

private struct LeaseDocument: Decodable {
  var value: Heads.Lease
  private enum Key: String, CodingKey { case profile, date, through_s, until }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    value = Heads.Lease(
      profile: try document.decode(String.self, forKey: .profile),
      date: try document.decode(CalendarDate.self, forKey: .date),
      throughSeconds: try document.decodeCount(forKey: .through_s, from: 0),
      until: try document.decode(WallTime.self, forKey: .until))
  }
}

private struct RequestAnswerDocument: Decodable {
  var value: Heads.RequestAnswer
  private enum Key: String, CodingKey { case request, granted, at }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    value = Heads.RequestAnswer(
      request: try document.decode(String.self, forKey: .request),
      granted: try document.decode(Bool.self, forKey: .granted),
      at: try document.decode(WallTime.self, forKey: .at))
  }
}

private struct CommandDocument: Decodable {
  var value: Heads.UpstreamCommand
  private enum Key: String, CodingKey { case id, name, args }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    _ = try document.decode([String: JSONValue].self, forKey: .args)
    value = Heads.UpstreamCommand(
      id: try document.decode(String.self, forKey: .id), name: try document.decode(String.self, forKey: .name))
  }
}

private struct OutboxDocument: Decodable {
  var value: Heads.OutboxPosition
  private enum Key: String, CodingKey { case epoch, next }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    value = Heads.OutboxPosition(
      epoch: try document.decodeCount(forKey: .epoch, from: 0),
      next: try document.decodeCount(forKey: .next, from: 0))
  }
}

private struct PollDocument: Decodable {
  var value: Heads.PollSettings
  private enum Key: String, CodingKey { case wait_s, spread_s }
  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    value = Heads.PollSettings(
      waitSeconds: try document.decodeCount(forKey: .wait_s, from: 0),
      spreadSeconds: try document.decodeCount(forKey: .spread_s, from: 0))
  }
}
