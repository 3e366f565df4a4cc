import AgentCore

/// The dates and delays of HTTP headers.
enum HTTPDate {
  /// Reads an IMF-fixdate (RFC 9110 §5.6.7), `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
  ///
  /// The name of the day has to be one, but not the right one. A leap second counts as the next second.
  static func read(_ text: String) -> WallTime? {
    let bytes = Array(text.utf8)
    guard bytes.count == 29, dayNames.contains(string(bytes[0..<3])), string(bytes[3..<5]) == ", ",
      let day = number(bytes[5..<7]), bytes[7] == blank,
      let month = monthNames.firstIndex(of: string(bytes[8..<11])).map({ $0 + 1 }), bytes[11] == blank,
      let year = number(bytes[12..<16]), bytes[16] == blank,
      let hour = number(bytes[17..<19]), bytes[19] == colon, let minute = number(bytes[20..<22]), bytes[22] == colon,
      let second = number(bytes[23..<25]), string(bytes[25..<29]) == " GMT",
      (1...CalendarDate.length(ofMonth: month, year: year)).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    let date = CalendarDate(year: year, month: month, day: day)
    return WallTime(seconds: Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
  }

  /// Longest delay that is told, seconds (about 30 years); a longer one is told as this.
  static let longestDelaySeconds: Int64 = 1_000_000_000

  /// Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date counted from the answer's own `Date`.
  ///
  /// Nil where it is void: no number and no date, a date before the answer's, or one in an answer without `Date`.
  static func readDelay(_ text: String, answered: WallTime?) -> Duration? {
    if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      return .seconds(min(Int64(text) ?? longestDelaySeconds, longestDelaySeconds))
    }
    guard let until = read(text), let answered, until >= answered else { return nil }
    return .seconds(min(until - answered, longestDelaySeconds))
  }

  private static let blank = UInt8(ascii: " ")
  private static let colon = UInt8(ascii: ":")
  private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
