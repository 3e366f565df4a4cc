import AgentCore
import LocalAPI
import SystemdHost

/// A signal with the time at which it came, its arguments by their names.
struct SignalReport {
  let signal: BusSignal
  /// By the system's clock.
  let at: WallTime
  let upMilliseconds: Int64
  let atMilliseconds: Int64

  init(_ signal: BusSignal) {
    self.signal = signal
    let clocks = SystemClocks.read()
    at = WallTime(seconds: clocks.wallSeconds)
    atMilliseconds = clocks.wallMilliseconds
    upMilliseconds = clocks.boot.nanoseconds / 1_000_000
  }

  /// For example `version=7`, joined by spaces.
  var facts: String {
    named.map { name, value in "\(name)=\(Self.text(of: value))" }.joined(separator: " ")
  }

  var json: JSONValue {
    let members = named.map { ($0, Self.json(of: $1)) }
    return [
      "at": .string("\(at)"), "at_ms": .integer(atMilliseconds), "up_ms": .integer(upMilliseconds),
      "interface": .string(signal.interface),
      "signal": .string(signal.name), "arguments": .object(Dictionary(members) { _, last in last }),
    ]
  }

  private var named: [(String, BusValue)] {
    signal.arguments.enumerated().map { index, value in
      (names.indices.contains(index) ? names[index] : "argument\(index)", value)
    }
  }

  private var names: [String] {
    if signal.name == "PropertiesChanged" { return ["interface", "changed", "invalidated"] }
    let interface = [Agent1.launcher, Agent1.device].first { $0.name == signal.interface }
    return interface?.signals.first { $0.name == signal.name }?.arguments.map(\.name) ?? []
  }

  private static func text(of value: BusValue) -> String {
    switch value {
    case .boolean(let value): "\(value)"
    case .int32(let value): "\(value)"
    case .uint32(let value): "\(value)"
    case .int64(let value): "\(value)"
    case .uint64(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value), .objectPath(let value): value.isEmpty ? "-" : value
    case .array(_, let elements), .structure(let elements): "[" + elements.map(text).joined(separator: " ") + "]"
    case .dictionaryEntry(let key, let value): "\(text(of: key)):\(text(of: value))"
    case .variant(let value): text(of: value)
    }
  }

  private static func json(of value: BusValue) -> JSONValue {
    switch value {
    case .boolean(let value): .bool(value)
    case .int32(let value): .integer(Int64(value))
    case .uint32(let value): .integer(Int64(value))
    case .int64(let value): .integer(value)
    case .uint64(let value): .unsigned(value)
    case .double(let value): .number(value)
    case .string(let value), .objectPath(let value): .string(value)
    case .array(let element, let elements) where element.hasPrefix("{"): dictionary(elements)
    case .array(_, let elements), .structure(let elements): .array(elements.map(json))
    case .dictionaryEntry(let key, let value): .array([json(of: key), json(of: value)])
    case .variant(let value): json(of: value)
    }
  }

  private static func dictionary(_ entries: [BusValue]) -> JSONValue {
    var members: [String: JSONValue] = [:]
    for case .dictionaryEntry(let key, let value) in entries { members[text(of: key)] = json(of: value) }
    return .object(members)
  }
}
