internal import AgentCore
import CSystemd
import Glibc
internal import LocalAPI

/// Values into and out of sd-bus messages, by their signatures (D-Bus specification, Type System).
///
/// Values of the kinds byte, int16, uint16, signature and descriptor are refused: the agent's interfaces have none.
enum BusMarshalling {
  /// Appends values one after another.
  static func append(_ values: [BusValue], to message: BusMessage) throws {
    for value in values { try append(value, to: message, depth: 0) }
  }

  /// Reads all that is left in the message.
  static func readAll(from message: BusMessage) throws -> [BusValue] {
    var values: [BusValue] = []
    while let value = try read(from: message, depth: 0) { values.append(value) }
    return values
  }

  /// The bytes that values take in a message, an upper bound with all padding.
  static func size(of values: [BusValue]) -> Int { values.reduce(0) { $0 + size(of: $1) } }

  private static func size(of value: BusValue) -> Int {
    switch value {
    case .boolean, .int32, .uint32: 7
    case .int64, .uint64, .double: 15
    case .string(let text), .objectPath(let text): 8 + text.utf8.count
    case .array(_, let elements): 14 + size(of: elements)
    case .structure(let members): 7 + size(of: members)
    case .dictionaryEntry(let key, let value): 7 + size(of: key) + size(of: value)
    case .variant(let value): 2 + value.signature.utf8.count + size(of: value)
    }
  }
}

// MARK: Writing

extension BusMarshalling {
  private static func append(_ value: BusValue, to message: BusMessage, depth: Int) throws {
    guard depth <= Limits.busValueDepth else { throw tooDeep() }
    switch value {
    case .boolean(let bool): try appendBasic(Int32(bool ? 1 : 0), "b", to: message)
    case .int32(let number): try appendBasic(number, "i", to: message)
    case .uint32(let number): try appendBasic(number, "u", to: message)
    case .int64(let number): try appendBasic(number, "x", to: message)
    case .uint64(let number): try appendBasic(number, "t", to: message)
    case .double(let number): try appendBasic(number, "d", to: message)
    case .string(let text): try appendText(text, "s", to: message)
    case .objectPath(let text): try appendText(text, "o", to: message)
    case .array(let element, let elements):
      try appendContainer(of: elements, "a", contents: element, to: message, depth: depth)
    case .structure(let members):
      let contents = members.map(\.signature).joined()
      try appendContainer(of: members, "r", contents: contents, to: message, depth: depth)
    case .dictionaryEntry(let key, let value):
      let contents = key.signature + value.signature
      try appendContainer(of: [key, value], "e", contents: contents, to: message, depth: depth)
    case .variant(let value):
      try appendContainer(of: [value], "v", contents: value.signature, to: message, depth: depth)
    }
  }

  private static func appendBasic<Value: BitwiseCopyable>(
    _ value: Value, _ type: Unicode.Scalar, to message: BusMessage
  ) throws {
    let result = unsafe withUnsafePointer(to: value) { value in
      unsafe sd_bus_message_append_basic(message.handle, character(type), value)
    }
    try check(result, "sd_bus_message_append_basic", type)
  }

  private static func appendText(_ text: String, _ type: Unicode.Scalar, to message: BusMessage) throws {
    // D-Bus has no zero byte in its texts; a name with one must not take the whole answer along.
    let sendable = text.utf8.contains(0) ? String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : text
    let result = unsafe sendable.withCString { text in
      unsafe sd_bus_message_append_basic(message.handle, character(type), text)
    }
    try check(result, "sd_bus_message_append_basic", type)
  }

  private static func appendContainer(
    of values: [BusValue], _ type: Unicode.Scalar, contents: String, to message: BusMessage, depth: Int
  ) throws {
    let opened = unsafe sd_bus_message_open_container(message.handle, character(type), contents)
    try check(opened, "sd_bus_message_open_container", type)
    for value in values { try append(value, to: message, depth: depth + 1) }
    let closed = unsafe sd_bus_message_close_container(message.handle)
    try check(closed, "sd_bus_message_close_container", type)
  }
}

// MARK: Reading

extension BusMarshalling {
  /// The next value, nil at the end of the message or container.
  private static func read(from message: BusMessage, depth: Int) throws -> BusValue? {
    guard depth <= Limits.busValueDepth else { throw tooDeep() }
    guard let (type, contents) = try peek(message) else { return nil }
    switch type {
    case "b": return .boolean(try readBasic(Int32(0), type, from: message) != 0)
    case "i": return .int32(try readBasic(0, type, from: message))
    case "u": return .uint32(try readBasic(0, type, from: message))
    case "x": return .int64(try readBasic(0, type, from: message))
    case "t": return .uint64(try readBasic(0, type, from: message))
    case "d": return .double(try readBasic(0, type, from: message))
    case "s": return .string(try readText(type, from: message))
    case "o": return .objectPath(try readText(type, from: message))
    case "a": return .array(element: contents, try readContainer(type, contents, from: message, depth: depth))
    case "r": return .structure(try readContainer(type, contents, from: message, depth: depth))
    case "e":
      let pair = try readContainer(type, contents, from: message, depth: depth)
      guard pair.count == 2 else { throw HostError(.malformed, "a dictionary entry has a key and a value") }
      return .dictionaryEntry(pair[0], pair[1])
    case "v":
      let values = try readContainer(type, contents, from: message, depth: depth)
      guard values.count == 1 else { throw HostError(.malformed, "a variant has one value") }
      return .variant(values[0])
    default: throw HostError(.malformed, "a value of type \(type) has no meaning here")
    }
  }

  private static func peek(_ message: BusMessage) throws -> (Unicode.Scalar, String)? {
    var type: CChar = 0
    var contents: UnsafePointer<CChar>?
    let result = unsafe sd_bus_message_peek_type(message.handle, &type, &contents)
    guard result >= 0 else { throw failure("sd_bus_message_peek_type", result) }
    guard result > 0 else { return nil }
    let text = unsafe contents.map { unsafe String(cString: $0) } ?? ""
    return (Unicode.Scalar(UInt8(bitPattern: type)), text)
  }

  private static func readBasic<Value: BitwiseCopyable>(
    _ initial: Value, _ type: Unicode.Scalar, from message: BusMessage
  ) throws -> Value {
    var value = initial
    let result = unsafe sd_bus_message_read_basic(message.handle, character(type), &value)
    try check(result, "sd_bus_message_read_basic", type)
    return value
  }

  private static func readText(_ type: Unicode.Scalar, from message: BusMessage) throws -> String {
    var text: UnsafePointer<CChar>?
    let result = unsafe sd_bus_message_read_basic(message.handle, character(type), &text)
    try check(result, "sd_bus_message_read_basic", type)
    guard let text = unsafe text else { throw HostError(.malformed, "a text is missing") }
    return unsafe String(cString: text)
  }

  private static func readContainer(
    _ type: Unicode.Scalar, _ contents: String, from message: BusMessage, depth: Int
  ) throws -> [BusValue] {
    let entered = unsafe sd_bus_message_enter_container(message.handle, character(type), contents)
    try check(entered, "sd_bus_message_enter_container", type)
    var values: [BusValue] = []
    while let value = try read(from: message, depth: depth + 1) { values.append(value) }
    let left = unsafe sd_bus_message_exit_container(message.handle)
    try check(left, "sd_bus_message_exit_container", type)
    return values
  }

  private static func character(_ type: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: type.value) }

  private static func check(_ result: Int32, _ call: String, _ type: Unicode.Scalar) throws {
    guard result < 0 else { return }
    throw HostError.failed(call, result, "a value of type \(type) does not fit the message", code: .malformed)
  }

  private static func failure(_ call: String, _ result: Int32) -> HostError {
    .failed(call, result, "the message cannot be read", code: .malformed)
  }

  private static func tooDeep() -> HostError {
    HostError(.malformed, "a value has more than \(Limits.busValueDepth) containers within each other")
  }
}
