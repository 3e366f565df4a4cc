package import AgentCore
import Glibc

/// An instant as the person at the terminal reads it: in the zone of `TZ`, else of the box.
package enum LocalTime {
  /// For example `2026-11-25 19:00:00 EST`; the UTC form for an instant that has no local one.
  package static func text(of time: WallTime) -> String {
    var seconds = time_t(time.seconds)
    var local = unsafe tm()
    guard unsafe localtime_r(&seconds, &local) != nil else { return time.description }
    var bytes = [CChar](repeating: 0, count: 64)
    let count = unsafe strftime(&bytes, bytes.count, "%Y-%m-%d %H:%M:%S %Z", &local)
    return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
