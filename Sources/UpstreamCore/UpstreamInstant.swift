import AgentCore

/// The upstream's clock as the shell reads it. Unit: milliseconds since 1970-01-01T00:00:00Z.
package struct UpstreamInstant: Hashable, Comparable, Sendable, Codable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }
  package init(_ time: WallTime) { milliseconds = time.seconds * 1_000 }

  /// The whole second that this instant lies in.
  package var wallTime: WallTime {
    WallTime(seconds: milliseconds >= 0 ? milliseconds / 1_000 : -((999 - milliseconds) / 1_000))
  }

  package func adding(seconds: Int64) -> UpstreamInstant {
    UpstreamInstant(milliseconds: milliseconds + seconds * 1_000)
  }

  package static func < (a: UpstreamInstant, b: UpstreamInstant) -> Bool { a.milliseconds < b.milliseconds }

  package init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}
