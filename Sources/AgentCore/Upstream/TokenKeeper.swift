/// The access token of a paired box: asked for at ⅔ of its life, jittered (`spec/wire.md` §1, Tokens).
package struct TokenKeeper: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case none(askNotBefore: Moment)
    case asking(RequestID, old: AccessToken?)
    case held(AccessToken, renewAt: Moment)
  }

  /// After so many refusals in a row the box asks once an hour.
  package static let refusalsBeforeHourly = 6
  package static let hour = Duration.seconds(3_600)
  /// The share of the renewal time over which it is spread.
  private static let jitterShare = 10

  package var state: State
  package var backoff = Backoff()
  /// Private requests refused in a row, new tokens or not: only an accepted request ends the row.
  package var refusals = 0
  /// Assertions refused in a row.
  package var clientRefusals = 0

  package init(at now: Moment) { state = .none(askNotBefore: now) }

  package var text: String? {
    switch state {
    case .none: nil
    case .asking(_, let old): old?.text
    case .held(let token, _): token.text
    }
  }

  package mutating func take(_ token: AccessToken, at now: Moment, using random: inout SeededRandom) {
    let life = Duration.seconds(Int64(max(60, token.expiresInSeconds)))
    let early = random.duration(upTo: life / Self.jitterShare)
    state = .held(token, renewAt: now + life * 2 / 3 - early)
  }
}

extension Moment {
  static func - (a: Moment, b: Duration) -> Moment { Moment(nanoseconds: a.nanoseconds - b.nanoseconds) }
}
