import Database

/// The bytes are no JSON.
struct JSONFault: Error {}

/// Walks over the bytes of one JSON text (RFC 8259), strictly, without making values of what nobody asks for.
///
/// It exists for speed: a shelf has up to 250,000 titles. Measured with 88,000 of them, reading one by the JSON
/// functions of SQLite costs twice as much as writing its rows, by this walk less than half. Bytes are handed to each
/// call, since a span cannot be kept.
struct JSONCursor {
  /// Containers inside one another; deeper text counts as no JSON.
  static let maxDepth = 128

  private(set) var index = 0
  /// False once a string held a lone surrogate or the zero character: it can be read over, but not shown.
  private(set) var isDisplayable = true

  init(at index: Int = 0) { self.index = index }

  enum Kind { case object, array, string, number, bool, null }

  /// A string as it stands between its quotes.
  struct Text {
    var range: Range<Int>
    var hasEscapes: Bool
  }

  struct Number {
    var range: Range<Int>
    /// Neither fraction nor exponent.
    var isInteger: Bool
  }

  /// What begins here, after white space.
  mutating func kind(_ bytes: Span<UInt8>) throws(JSONFault) -> Kind {
    skipSpace(bytes)
    switch try byte(bytes) {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: throw JSONFault()
    }
  }

  /// Walks over an object; the body walks over each member's value.
  mutating func object(
    _ bytes: Span<UInt8>, _ member: (inout JSONCursor, Text) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try take(UInt8(ascii: "{"), bytes)
    skipSpace(bytes)
    if try byte(bytes) == UInt8(ascii: "}") { return index += 1 }
    repeat {
      skipSpace(bytes)
      let name = try string(bytes)
      skipSpace(bytes)
      try take(UInt8(ascii: ":"), bytes)
      try member(&self, name)
    } while try goesOn(until: UInt8(ascii: "}"), bytes)
  }

  /// Walks over an array; the body walks over each element.
  mutating func array(
    _ bytes: Span<UInt8>, _ element: (inout JSONCursor) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try take(UInt8(ascii: "["), bytes)
    skipSpace(bytes)
    if try byte(bytes) == UInt8(ascii: "]") { return index += 1 }
    repeat { try element(&self) } while try goesOn(until: UInt8(ascii: "]"), bytes)
  }

  mutating func string(_ bytes: Span<UInt8>) throws(JSONFault) -> Text {
    try take(UInt8(ascii: "\""), bytes)
    let start = index
    var hasEscapes = false
    while true {
      let next = try byte(bytes)
      if next == UInt8(ascii: "\"") {
        index += 1
        return Text(range: start..<(index - 1), hasEscapes: hasEscapes)
      }
      if next < 0x20 { throw JSONFault() }
      if next == UInt8(ascii: "\\") {
        hasEscapes = true
        _ = try escape(bytes)
      } else {
        index += 1
      }
    }
  }

  mutating func number(_ bytes: Span<UInt8>) throws(JSONFault) -> Number {
    let start = index
    var isInteger = true
    if try byte(bytes) == UInt8(ascii: "-") { index += 1 }
    if try byte(bytes) == UInt8(ascii: "0") { index += 1 } else { try digits(bytes) }
    if peek(bytes) == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      try digits(bytes)
    }
    if let mark = peek(bytes), mark | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if let sign = peek(bytes), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { index += 1 }
      try digits(bytes)
    }
    return Number(range: start..<index, isInteger: isInteger)
  }

  /// Walks over whatever value is here; returns where it stands.
  @discardableResult
  mutating func skip(_ bytes: Span<UInt8>, depth: Int = 0) throws(JSONFault) -> Range<Int> {
    guard depth < JSONCursor.maxDepth else { throw JSONFault() }
    let kind = try kind(bytes)
    let start = index
    switch kind {
    case .object:
      try object(bytes) { (cursor, _) throws(JSONFault) in try cursor.skip(bytes, depth: depth + 1) }
    case .array: try array(bytes) { (cursor) throws(JSONFault) in try cursor.skip(bytes, depth: depth + 1) }
    case .string: _ = try string(bytes)
    case .number: _ = try number(bytes)
    case .bool: try word(byte(bytes) == UInt8(ascii: "t") ? "true" : "false", bytes)
    case .null: try word("null", bytes)
    }
    return start..<index
  }

  /// Nothing but white space is left.
  mutating func isAtEnd(_ bytes: Span<UInt8>) -> Bool {
    skipSpace(bytes)
    return index == bytes.count
  }

  // MARK: Parts

  private func peek(_ bytes: Span<UInt8>) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private func byte(_ bytes: Span<UInt8>) throws(JSONFault) -> UInt8 {
    guard index < bytes.count else { throw JSONFault() }
    return bytes[index]
  }

  private mutating func take(_ expected: UInt8, _ bytes: Span<UInt8>) throws(JSONFault) {
    guard try byte(bytes) == expected else { throw JSONFault() }
    index += 1
  }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  /// After a member or an element: true behind a comma, false behind the end.
  private mutating func goesOn(until end: UInt8, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
    skipSpace(bytes)
    let next = try byte(bytes)
    guard next == end || next == UInt8(ascii: ",") else { throw JSONFault() }
    index += 1
    return next != end
  }

  private mutating func digits(_ bytes: Span<UInt8>) throws(JSONFault) {
    let start = index
    while let digit = peek(bytes), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { index += 1 }
    guard index > start else { throw JSONFault() }
  }

  private mutating func word(_ word: StaticString, _ bytes: Span<UInt8>) throws(JSONFault) {
    guard index + word.count <= bytes.count, bytes.extracting(index..<(index + word.count)).begins(with: word) else {
      throw JSONFault()
    }
    index += word.count
  }

  /// Walks over an escape; returns the scalar that it stands for, nil for what cannot be shown.
  fileprivate mutating func escape(_ bytes: Span<UInt8>) throws(JSONFault) -> Unicode.Scalar? {
    index += 1
    let letter = try byte(bytes)
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(bytes)
    default: throw JSONFault()
    }
  }

  /// Behind `\u`: one code unit, or the two of a surrogate pair.
  private mutating func unicodeEscape(_ bytes: Span<UInt8>) throws(JSONFault) -> Unicode.Scalar? {
    let unit = try codeUnit(bytes)
    let scalar: Unicode.Scalar?
    if (0xD800...0xDBFF).contains(unit), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    {
      index += 2
      let low = try codeUnit(bytes)
      scalar =
        (0xDC00...0xDFFF).contains(low) ? Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) : nil
    } else {
      scalar = unit == 0 ? nil : Unicode.Scalar(unit)
    }
    if scalar == nil { isDisplayable = false }
    return scalar
  }

  private mutating func codeUnit(_ bytes: Span<UInt8>) throws(JSONFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let byte = try byte(bytes)
      guard let digit = hexDigit(byte) else { throw JSONFault() }
      unit = unit << 4 | digit
      index += 1
    }
    return unit
  }

  private func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}

extension JSONCursor.Text {
  /// The string itself; nil where it cannot be shown (no UTF-8, a lone surrogate, the zero character).
  func string(_ bytes: Span<UInt8>) -> String? {
    guard hasEscapes else { return String(validating: bytes.extracting(range)) }
    var unescaped: [UInt8] = []
    var cursor = JSONCursor(at: range.lowerBound)
    var start = cursor.index
    while cursor.index < range.upperBound {
      guard bytes[cursor.index] == UInt8(ascii: "\\") else {
        cursor.step()
        continue
      }
      for index in start..<cursor.index { unescaped.append(bytes[index]) }
      guard let scalar = try? cursor.escape(bytes) else { return nil }
      unescaped += UTF8.encode(scalar).map { Array($0) } ?? []
      start = cursor.index
    }
    for index in start..<range.upperBound { unescaped.append(bytes[index]) }
    return String(validating: unescaped.span)
  }

  /// It is that word.
  func equals(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
    if hasEscapes { return string(bytes).map { $0 == word.description } ?? false }
    return range.count == word.count && bytes.extracting(range).begins(with: word)
  }
}

extension JSONCursor {
  fileprivate mutating func step() { index += 1 }
}

extension JSONCursor.Number {
  /// Nil where it has a fraction or exponent, or does not fit.
  func integer(_ bytes: Span<UInt8>) -> Int64? {
    isInteger ? String(validating: bytes.extracting(range)).flatMap { Int64($0) } : nil
  }

  /// Nil where it is not finite.
  func double(_ bytes: Span<UInt8>) -> Double? {
    String(validating: bytes.extracting(range)).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
  }
}
