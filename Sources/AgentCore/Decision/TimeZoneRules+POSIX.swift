extension TimeZoneRules {
  /// Reads a POSIX TZ string such as `EET-2EEST,M3.5.0/3,M10.5.0/4`, with the extensions of RFC 9636 §3.3.1.
  ///
  /// Names of three letters or more, or of letters, digits and signs in angle brackets; hours from 0 to 24 (167 either
  /// way in the times of a rule). Daylight saving without its days follows the days of the United States, as in the C
  /// library. At most `Limits.zoneRuleBytes`.
  package init(posix text: String) throws {
    let rule = try TimeZoneRules.yearlyRule(posix: Array(text.utf8))
    self.init(changes: [], offsets: [rule.standardOffset], rule: rule)
  }

  static func yearlyRule(posix bytes: [UInt8]) throws(Refusal) -> YearlyRule {
    guard bytes.count <= Limits.zoneRuleBytes else {
      throw .notRule("it is over \(Limits.zoneRuleBytes) bytes")
    }
    var reader = RuleReader(bytes: bytes)
    return try reader.readRule()
  }
}

/// Reads the parts of a POSIX TZ string in their order.
private struct RuleReader {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func readRule() throws(TimeZoneRules.Refusal) -> TimeZoneRules.YearlyRule {
    try skipName()
    // The text counts west of Greenwich.
    let standard = -(try readTime(hours: 24))
    guard position < bytes.count else { return TimeZoneRules.YearlyRule(standardOffset: standard) }
    try skipName()
    let isOffsetLeftOut = position == bytes.count || bytes[position] == UInt8(ascii: ",")
    let offset = isOffsetLeftOut ? standard + 3_600 : -(try readTime(hours: 24))
    var daylight = TimeZoneRules.YearlyRule.Daylight(
      offset: offset,
      start: TimeZoneRules.YearDay(day: .weekday(month: 3, week: 2, day: 0), seconds: 7_200),
      end: TimeZoneRules.YearDay(day: .weekday(month: 11, week: 1, day: 0), seconds: 7_200))
    if position < bytes.count {
      daylight.start = try readYearDay()
      daylight.end = try readYearDay()
    }
    guard position == bytes.count else { throw .notRule("something follows it at byte \(position)") }
    return TimeZoneRules.YearlyRule(standardOffset: standard, daylight: offset == standard ? nil : daylight)
  }

  private mutating func skipName() throws(TimeZoneRules.Refusal) {
    let start = position
    let isQuoted = skip("<")
    while position < bytes.count, isNameByte(bytes[position], isQuoted: isQuoted) { position += 1 }
    let length = position - start - (isQuoted ? 1 : 0)
    guard length >= 3, !isQuoted || skip(">") else {
      throw .notRule("expected a name of three letters or more at byte \(start)")
    }
  }

  private func isNameByte(_ byte: UInt8, isQuoted: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"): isQuoted
    default: false
    }
  }

  /// `[+-]hours[:minutes[:seconds]]` in seconds.
  private mutating func readTime(hours limit: Int) throws(TimeZoneRules.Refusal) -> Int64 {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    var seconds = 3_600 * (try readNumber(0...limit, digits: 3))
    if skip(":") {
      seconds += 60 * (try readNumber(0...59, digits: 2))
      if skip(":") { seconds += try readNumber(0...59, digits: 2) }
    }
    return Int64(isNegative ? -seconds : seconds)
  }

  /// `,day[/time]`; the time is 02:00 where it is left out.
  private mutating func readYearDay() throws(TimeZoneRules.Refusal) -> TimeZoneRules.YearDay {
    guard skip(",") else { throw .notRule("expected a comma at byte \(position)") }
    let day: TimeZoneRules.YearDay.Day
    if skip("J") {
      day = .julian(try readNumber(1...365, digits: 3))
    } else if skip("M") {
      let month = try readNumber(1...12, digits: 2)
      guard skip(".") else { throw .notRule("expected a week at byte \(position)") }
      let week = try readNumber(1...5, digits: 1)
      guard skip(".") else { throw .notRule("expected a weekday at byte \(position)") }
      day = .weekday(month: month, week: week, day: try readNumber(0...6, digits: 1))
    } else {
      day = .zeroBased(try readNumber(0...365, digits: 3))
    }
    let seconds = skip("/") ? try readTime(hours: 167) : 7_200
    return TimeZoneRules.YearDay(day: day, seconds: seconds)
  }

  private mutating func readNumber(_ range: ClosedRange<Int>, digits: Int) throws(TimeZoneRules.Refusal) -> Int {
    let start = position
    var value = 0
    while position < bytes.count, position - start < digits, bytes[position] &- 48 < 10 {
      value = value * 10 + Int(bytes[position] - 48)
      position += 1
    }
    guard position > start, range.contains(value) else {
      throw .notRule("expected a number from \(range.lowerBound) to \(range.upperBound) at byte \(start)")
    }
    return value
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
