/// Writes JSON without spaces in the order in which it is told: bytes that can be hashed.
struct CanonicalJSON {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  mutating func open() {
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  mutating func close() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// The name of the member that follows.
  mutating func name(_ name: String) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    text(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member, left out where it is nil.
  mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    self.name(name)
    text(value)
    needsComma = true
  }

  mutating func member(_ name: String, _ value: Int?) {
    guard let value else { return }
    raw(name, String(value))
  }

  mutating func member(_ name: String, _ values: [String]) {
    self.name(name)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      text(value)
    }
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  mutating func raw(_ name: String, _ value: String) {
    self.name(name)
    bytes.append(contentsOf: value.utf8)
    needsComma = true
  }

  mutating func objects<Element>(_ name: String, _ values: [Element], _ write: (Element, inout CanonicalJSON) -> Void) {
    self.name(name)
    array(values, write)
  }

  mutating func array<Element>(_ values: [Element], _ write: (Element, inout CanonicalJSON) -> Void) {
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      open()
      write(value, &self)
      close()
    }
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A string with the escapes that RFC 8259 §7 demands.
  private mutating func text(_ value: String) {
    let hex = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: bytes += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
