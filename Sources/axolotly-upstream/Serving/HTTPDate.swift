import AgentCore

/// The date of HTTP (RFC 9110 §5.6.7), `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func text(_ seconds: Int64) -> String {
    let date = CalendarDate(daysSinceEpoch: Int(seconds / 86_400))
    let (year, month, day) = date.components
    let clock = WallTime(seconds: seconds).description.dropFirst(11).prefix(8)
    let twoDigitDay = day < 10 ? "0\(day)" : "\(day)"
    return "\(days[date.weekday]), \(twoDigitDay) \(months[month - 1]) \(year) \(clock) GMT"
  }
}
