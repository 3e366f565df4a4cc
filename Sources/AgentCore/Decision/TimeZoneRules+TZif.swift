extension TimeZoneRules {
  /// Reads a time zone file (TZif, RFC 9636) of version 2 or later with its rule for the years after its table.
  ///
  /// Refused: version 1 alone, files that count leap seconds, and whatever breaks the form. At most
  /// `Limits.zoneFileBytes` and `Limits.zoneChanges`.
  package init(tzif bytes: [UInt8]) throws {
    guard bytes.count <= Limits.zoneFileBytes else {
      throw Refusal.notTimeZoneFile("it is over \(Limits.zoneFileBytes) bytes")
    }
    var reader = FileReader(bytes: bytes)
    self = try reader.readZone()
  }
}

/// Reads the parts of a time zone file in their order; numbers are big-endian.
private struct FileReader {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// A header's counts (RFC 9636 §3.1).
  private struct Header {
    var version: UInt8
    var utcIndicators: Int
    var standardIndicators: Int
    var leapSeconds: Int
    var changes: Int
    var types: Int
    var nameBytes: Int

    /// The length of the data block that follows.
    func dataBytes(timeBytes: Int) -> Int {
      changes * (timeBytes + 1) + types * 6 + nameBytes + leapSeconds * (timeBytes + 4) + standardIndicators
        + utcIndicators
    }
  }

  mutating func readZone() throws(TimeZoneRules.Refusal) -> TimeZoneRules {
    let first = try readHeader()
    guard first.version >= UInt8(ascii: "2") else { throw .notTimeZoneFile("version 1 has no rule for later years") }
    // The first block repeats the second's content in 32 bits.
    try skip(first.dataBytes(timeBytes: 4))
    let header = try readHeader()
    guard header.leapSeconds == 0 else { throw .notTimeZoneFile("it counts leap seconds") }
    guard header.types > 0 else { throw .notTimeZoneFile("it has no offset") }
    guard header.changes <= Limits.zoneChanges else { throw .notTimeZoneFile("it has too many changes") }
    let dataEnd = position + header.dataBytes(timeBytes: 8)
    let changes = try readChanges(header.changes)
    let kinds = try readBytes(header.changes)
    let types = try readTypes(header.types)
    guard kinds.allSatisfy({ $0 < header.types }) else { throw .notTimeZoneFile("a change names no offset") }
    try skip(dataEnd - position)
    let rule = try readFooter()
    // Before the first change, and without any, the first type holds (RFC 9636 §3.2).
    return TimeZoneRules(changes: changes, offsets: [types[0]] + kinds.map { types[Int($0)] }, rule: rule)
  }

  private mutating func readHeader() throws(TimeZoneRules.Refusal) -> Header {
    guard try readBytes(4).elementsEqual("TZif".utf8) else { throw .notTimeZoneFile("it does not begin with TZif") }
    let version = try readBytes(1).first ?? 0
    try skip(15)
    return Header(
      version: version,
      utcIndicators: try readCount(), standardIndicators: try readCount(), leapSeconds: try readCount(),
      changes: try readCount(), types: try readCount(), nameBytes: try readCount())
  }

  private mutating func readChanges(_ count: Int) throws(TimeZoneRules.Refusal) -> [Int64] {
    var changes: [Int64] = []
    for _ in 0..<count {
      let change = Int64(bitPattern: try readBigEndian(bytes: 8))
      if let last = changes.last, change <= last { throw .notTimeZoneFile("its changes do not ascend") }
      changes.append(change)
    }
    return changes
  }

  /// The offsets of the local time types; daylight saving and names play no part.
  private mutating func readTypes(_ count: Int) throws(TimeZoneRules.Refusal) -> [Int64] {
    var offsets: [Int64] = []
    for _ in 0..<count {
      let offset = Int64(Int32(truncatingIfNeeded: try readBigEndian(bytes: 4)))
      guard abs(offset) <= TimeZoneRules.largestOffset else { throw .notTimeZoneFile("an offset of over 26 hours") }
      offsets.append(offset)
      try skip(2)
    }
    return offsets
  }

  /// A rule between two line feeds; nil where it is empty (RFC 9636 §3.3).
  private mutating func readFooter() throws(TimeZoneRules.Refusal) -> TimeZoneRules.YearlyRule? {
    guard try readBytes(1).first == UInt8(ascii: "\n"),
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
    else { throw .notTimeZoneFile("its rule is cut short") }
    let text = try readBytes(end - position)
    return text.isEmpty ? nil : try TimeZoneRules.yearlyRule(posix: Array(text))
  }

  private mutating func readCount() throws(TimeZoneRules.Refusal) -> Int {
    let count = Int(try readBigEndian(bytes: 4))
    // Nothing is counted whose parts take less than a byte.
    guard count <= bytes.count else { throw .notTimeZoneFile("it is cut short") }
    return count
  }

  private mutating func readBigEndian(bytes count: Int) throws(TimeZoneRules.Refusal) -> UInt64 {
    try readBytes(count).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func skip(_ count: Int) throws(TimeZoneRules.Refusal) { _ = try readBytes(count) }

  private mutating func readBytes(_ count: Int) throws(TimeZoneRules.Refusal) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw .notTimeZoneFile("it is cut short") }
    defer { position += count }
    return bytes[position..<(position + count)]
  }
}
