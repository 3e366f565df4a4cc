import CSystemd
import Glibc

extension BusCaller {
  /// Reads the broker's answer to GetConnectionCredentials (D-Bus specification, org.freedesktop.DBus).
  ///
  /// Of its members those for user, groups and process are read; a broker that tells no groups gives none.
  static func credentials(in answer: BusMessage) throws -> BusCaller {
    var caller = BusCaller(uid: .max, gid: .max, groups: [], pid: 0)
    var isKnown = false
    try enter("a", "{sv}", of: answer)
    while try entered("e", "sv", of: answer) {
      let member = try text(of: answer)
      switch (member, peekedVariant(of: answer)) {
      case ("UnixUserID", "u"):
        caller.uid = try variant("u", of: answer).first ?? .max
        isKnown = true
      case ("ProcessID", "u"): caller.pid = Int32(clamping: try variant("u", of: answer).first ?? 0)
      case ("UnixGroupIDs", "au"): caller.groups = try variant("au", of: answer)
      default: try check(unsafe sd_bus_message_skip(answer.handle, "v"), "sd_bus_message_skip")
      }
      try exit(answer)
    }
    guard isKnown, caller.uid != .max else { throw HostError(.malformed, "the broker does not say who calls") }
    return caller
  }

  private static func variant(_ contents: String, of message: BusMessage) throws -> [UInt32] {
    try enter("v", contents, of: message)
    var numbers: [UInt32] = []
    if contents == "au" { try enter("a", "u", of: message) }
    var number: UInt32 = 0
    while true {
      let result = unsafe sd_bus_message_read_basic(message.handle, CChar(UInt8(ascii: "u")), &number)
      try check(result, "sd_bus_message_read_basic")
      guard result > 0 else { break }
      numbers.append(number)
      if contents == "u" { break }
    }
    if contents == "au" { try exit(message) }
    try exit(message)
    return numbers
  }

  private static func peekedVariant(of message: BusMessage) -> String {
    var contents: UnsafePointer<CChar>?
    let result = unsafe sd_bus_message_peek_type(message.handle, nil, &contents)
    guard result > 0, let contents = unsafe contents else { return "" }
    return unsafe String(cString: contents)
  }

  private static func text(of message: BusMessage) throws -> String {
    var text: UnsafePointer<CChar>?
    let result = unsafe sd_bus_message_read_basic(message.handle, CChar(UInt8(ascii: "s")), &text)
    try check(result, "sd_bus_message_read_basic")
    guard let text = unsafe text else { throw HostError(.malformed, "a text is missing") }
    return unsafe String(cString: text)
  }

  private static func enter(_ type: Character, _ contents: String, of message: BusMessage) throws {
    guard try entered(type, contents, of: message) else { throw HostError(.malformed, "a container is missing") }
  }

  private static func entered(_ type: Character, _ contents: String, of message: BusMessage) throws -> Bool {
    let code = CChar(type.asciiValue ?? 0)
    let result = unsafe sd_bus_message_enter_container(message.handle, code, contents)
    try check(result, "sd_bus_message_enter_container")
    return result > 0
  }

  private static func exit(_ message: BusMessage) throws {
    try check(unsafe sd_bus_message_exit_container(message.handle), "sd_bus_message_exit_container")
  }

  private static func check(_ result: Int32, _ call: String) throws {
    guard result < 0 else { return }
    throw HostError.failed(call, result, "the broker's answer cannot be read", code: .malformed)
  }
}
