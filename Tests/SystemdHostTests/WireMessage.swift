/// A message of the D-Bus protocol as bytes, little endian (D-Bus specification, Message Format), as far as tests need it.
struct WireMessage {
  enum Kind: UInt8 { case call = 1, answer = 2, error = 3, signal = 4 }

  var kind: Kind
  var serial: UInt32
  var path = ""
  var interface = ""
  var member = ""
  var errorName = ""
  var replySerial: UInt32 = 0
  var destination = ""
  var sender = ""
  var signature = ""
  var body: [UInt8] = []

  init(_ kind: Kind, serial: UInt32) { (self.kind, self.serial) = (kind, serial) }

  // MARK: Values of a body, each where the one before it ends

  static func pad(_ bytes: inout [UInt8], to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }

  static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    pad(&bytes, to: 4)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt32(text.utf8.count), to: &bytes)
    bytes += Array(text.utf8) + [0]
  }

  static func append(signature: String, to bytes: inout [UInt8]) {
    bytes += [UInt8(signature.utf8.count)] + Array(signature.utf8) + [0]
  }

  // MARK: Out

  var bytes: [UInt8] {
    var fields: [UInt8] = []
    func field(_ code: UInt8, _ type: String, _ text: String) {
      guard !text.isEmpty else { return }
      Self.pad(&fields, to: 8)
      fields.append(code)
      Self.append(signature: type, to: &fields)
      if type == "g" { Self.append(signature: text, to: &fields) } else { Self.append(text, to: &fields) }
    }
    field(1, "o", path)
    field(2, "s", interface)
    field(3, "s", member)
    field(4, "s", errorName)
    if replySerial != 0 {
      Self.pad(&fields, to: 8)
      fields.append(5)
      Self.append(signature: "u", to: &fields)
      Self.append(replySerial, to: &fields)
    }
    field(6, "s", destination)
    field(7, "s", sender)
    field(8, "g", signature)
    var all: [UInt8] = [UInt8(ascii: "l"), kind.rawValue, 0, 1]
    Self.append(UInt32(body.count), to: &all)
    Self.append(serial, to: &all)
    Self.append(UInt32(fields.count), to: &all)
    all += fields
    Self.pad(&all, to: 8)
    return all + body
  }

  // MARK: In

  /// Takes the first message out of bytes; nil where it is not all there.
  init?(from bytes: inout [UInt8]) {
    guard bytes.count >= 16, let kind = Kind(rawValue: bytes[1]) else { return nil }
    let fieldsEnd = 16 + Int(Self.number(bytes, at: 12))
    let bodyStart = (fieldsEnd + 7) / 8 * 8
    let end = bodyStart + Int(Self.number(bytes, at: 4))
    guard bytes.count >= end else { return nil }
    self.init(kind, serial: Self.number(bytes, at: 8))
    var at = 16
    while at < fieldsEnd {
      at = (at + 7) / 8 * 8
      let (code, type) = (bytes[at], bytes[at + 2])
      at += 4
      if type == UInt8(ascii: "g") {
        let count = Int(bytes[at])
        signature = String(decoding: bytes[(at + 1)..<(at + 1 + count)], as: UTF8.self)
        at += count + 2
      } else if type == UInt8(ascii: "u") {
        replySerial = Self.number(bytes, at: at)
        at += 4
      } else {
        let count = Int(Self.number(bytes, at: at))
        take(code, String(decoding: bytes[(at + 4)..<(at + 4 + count)], as: UTF8.self))
        at += count + 5
      }
    }
    body = Array(bytes[bodyStart..<end])
    bytes.removeFirst(end)
  }

  private mutating func take(_ code: UInt8, _ text: String) {
    switch code {
    case 1: path = text
    case 2: interface = text
    case 3: member = text
    case 4: errorName = text
    case 6: destination = text
    default: sender = text
    }
  }

  private static func number(_ bytes: [UInt8], at: Int) -> UInt32 {
    bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The body's first value where that is a text.
  var text: String {
    guard body.count > 4 else { return "" }
    return String(decoding: body.dropFirst(4).prefix(Int(Self.number(body, at: 0))), as: UTF8.self)
  }
}
