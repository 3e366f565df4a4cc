/// What children ran into in one hour of trusted time (`spec/wire.md` §5, `decision_denied`).
package struct DenialBook: Sendable, Equatable {
  package struct Denial: Sendable, Hashable {
    package var profile: String
    package var title: TitleReference?
    package var app: String?
    package var reasons: [Decision.Reason]
  }

  static let hourSeconds: Int64 = 3_600

  /// Hours since 1970; nil while there is none.
  private(set) var hour: Int64?
  private var counts: [Denial: Int] = [:]
  /// In the order in which they came.
  private var order: [Denial] = []

  /// When the hour ends; nil while there is nothing to report.
  var endsAt: WallTime? { hour.map { WallTime(seconds: ($0 + 1) * Self.hourSeconds) } }

  /// Distinct ones beyond the limit are not counted: a launcher that asks for everything fills no storage.
  mutating func count(_ denial: Denial, hour: Int64) {
    guard counts[denial] != nil || counts.count < Limits.denialsAnHour else { return }
    if counts[denial] == nil { order.append(denial) }
    self.hour = hour
    counts[denial, default: 0] += 1
  }

  mutating func take() -> [(Denial, count: Int)] {
    defer { self = DenialBook() }
    return order.map { ($0, counts[$0] ?? 0) }
  }
}
