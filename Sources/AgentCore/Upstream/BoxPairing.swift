/// Whether the box belongs to a family, and how it is getting there (`spec/wire.md` §1).
package struct BoxPairing: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case unpaired
    /// A code is being asked for; the commands wait for it.
    case requestingCode(RequestID, waiting: [CommandID])
    /// The upstream could not be reached; asked again at that moment.
    case waitingForNetwork(until: Moment, waiting: [CommandID])
    case showingCode(ShownCode)
    case claiming(RequestID, CommandID)
    /// The upstream said yes; nothing counts before the identity is durable.
    case saving(PersistTicket, Identity, AccessToken, CommandID?)
    case paired(Identity)
  }

  package struct ShownCode: Sendable, Equatable {
    package var authorization: DeviceAuthorization
    package var expires: Moment
    package var interval: Duration
    package var nextPoll: Moment
    package var poll: RequestID?
  }

  /// Asking to pair again shows the same code while it has so much time left.
  package static let reuseLimit = Duration.seconds(60)
  /// What `slow_down` adds to the interval (RFC 8628 §3.5).
  package static let slowDown = Duration.seconds(5)
  /// An expired code is replaced by itself so often an hour.
  package static let replacementsAnHour = 12

  package var state = State.unpaired
  package var backoff = Backoff()
  /// The code that was shown before a parent's code was tried; it goes on where that fails.
  /// The code of a parent's that is or was claimed last.
  var claimed: String?
  package var suspended: ShownCode?
  private var replacements: [Moment] = []

  package init() {}

  package var identity: Identity? {
    switch state {
    case .paired(let identity): identity
    case .unpaired, .requestingCode, .waitingForNetwork, .showingCode, .claiming, .saving: nil
    }
  }

  /// The state's name in `status` and in `PairingStateChanged`.
  package var name: String {
    switch state {
    case .unpaired: "unpaired"
    case .requestingCode: "requesting_code"
    case .waitingForNetwork: "waiting_for_network"
    case .showingCode: "showing_code"
    case .claiming: "claiming"
    case .saving: "saving"
    case .paired: "paired"
    }
  }

  /// Whether an expired code may be replaced without a person asking.
  package mutating func mayReplaceCode(at now: Moment) -> Bool {
    replacements.removeAll { now - $0 > .seconds(3_600) }
    guard replacements.count < Self.replacementsAnHour else { return false }
    replacements.append(now)
    return true
  }
}
