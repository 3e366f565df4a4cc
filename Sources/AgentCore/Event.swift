/// What happened outside; the shell hands events in one after the other.
package enum Event: Sendable {
  case answered(RequestID, UpstreamAnswer)
  case failed(RequestID, TransportFailure)
  /// All changes of this ticket are durable.
  case persisted(PersistTicket)
  /// None of them is.
  case persistFailed(PersistTicket, String)
  case shelfStep(ShelfJob, ShelfStepResult)
  case shelfCommitted(ShelfJob, ShelfCommitResult)
  /// A shelf that is no longer wanted is gone.
  case shelfDropped(ShelfName)
  /// A person or a launcher asks for something; answered by `Effect.reply` exactly once.
  case command(CommandID, Command)
  /// The answer to `Effect.verifyPIN`.
  case pinVerified(CommandID, matches: Bool)
  /// What became of `Effect.connectSystemBus`, or of the name that was held.
  case systemBus(SystemBusReport)
  /// The app of an order or of a session runs; answers `Effect.launch`.
  case appStarted(session: String)
  /// It does not; answers `Effect.launch`, and the next may be tried.
  case appFailed(session: String, LaunchBook.StartFailure)
  /// An app that ran has ended, with all that it started; not after `Effect.stopApp`.
  case appEnded(session: String, LaunchBook.End)
  /// What apps are launched through is there (again).
  case launcherAvailable
  /// The system's tzdata has other rules for the zone of the policy in force.
  case zoneChanged(TimeZoneRules)
  /// Addresses or routes changed, or the box woke from suspend: pooled connections are worth nothing.
  case networkChanged
  /// Suspend is about to begin and waits for `Effect.readyToSleep`, for some seconds.
  case goingToSleep
  /// The process is about to stop: what was counted becomes durable. Nothing may follow.
  case stopping
  /// The queue of events is empty: whatever is due is done now. The shell sends it after every batch and at `deadline`.
  ///
  /// Deadlines are looked at here alone, so that a grant that arrives in the last second wins.
  case turn
}

/// Names one durable step from effect to event.
package struct PersistTicket: Hashable, Sendable {
  package var number: UInt64
  package init(_ number: UInt64) { self.number = number }
}

/// Names one command from event to reply.
package struct CommandID: Hashable, Sendable {
  package var number: UInt64
  package init(_ number: UInt64) { self.number = number }
}

/// What callers of the local bus may ask that changes something. Questions are not commands: see `Agent+Questions.swift`.
package enum Command: Sendable, Equatable {
  case pair
  case pairWithCode(String)
  case cancelPairing
  /// A child asks a parent.
  case request(profile: String, RequestRecord.Asks)
  /// The screen goes dark, or comes back.
  case standby(Bool)
  /// By somebody who needs no PIN.
  case unpair
  /// By somebody who gives the PIN of an adult profile.
  case unpairWithPIN(adult: String)
  case sync
  /// Where the profile has a PIN, `Effect.verifyPIN` follows.
  case select(profile: String)
  /// `profile` is the active one where the caller gave none; `facts` are those of the replica, nil for an app by itself.
  case beginSession(profile: String, title: TitleFacts?, app: String?, service: String?, owner: UInt32)
  /// Starts an app; the session begins when it runs and ends when it ends.
  case launch(LaunchBook.Order)
  case playing(session: String, owner: UInt32)
  case paused(session: String, owner: UInt32)
  case endSession(session: String, owner: UInt32)

  /// It is of no use without the upstream.
  var needsUpstream: Bool {
    switch self {
    case .pair, .pairWithCode, .sync: true
    case .cancelPairing, .request, .standby, .unpair, .unpairWithPIN, .select, .beginSession, .launch, .playing,
      .paused, .endSession:
      false
    }
  }
}
