/// What the shell has to do; it performs effects in their order and never decides anything itself.
package enum Effect: Sendable, Equatable {
  case send(OutgoingRequest)
  /// The request's answer is no longer wanted; none arrives after this.
  case cancel(RequestID)
  /// Pooled connections are closed (network change).
  case dropConnections
  /// Makes the changes durable, all or none; answered by `persisted` or `persistFailed`.
  case persist(PersistTicket, [JournalChange])
  /// Replaces the identity file; answered like `persist`.
  case saveIdentity(PersistTicket, Identity)
  /// Everything private goes: identity, key, both databases. The shell starts anew as an unpaired box.
  case erase
  case shelf(ShelfEffect)
  /// Verifies the PIN that came with the command; answered by `pinVerified`.
  case verifyPIN(CommandID, Profile.PINVerifier)
  /// Connects to the system bus and asks for the agent's name; answered by `systemBus`.
  case connectSystemBus
  /// Starts an app; answered by `appStarted` or `appFailed`.
  case launch(session: String, LaunchBook.Plan)
  /// Stops an app with all that it started: asked first, killed 10 s later. Nothing is heard of it any more.
  case stopApp(session: String)
  /// Suspend may begin: answers `goingToSleep`.
  case readyToSleep
  case reply(CommandID, CommandReply)
  case signal(AgentSignal)
  case log(LogEntry)
}

/// Steps of a shelf job; each but `abandon` is answered by one event.
package enum ShelfEffect: Sendable, Equatable {
  case begin(ShelfJob, ShelfName, version: Int, isSnapshot: Bool)
  case applySnapshotPart(ShelfJob, sha256: String, titles: Int)
  case applyDelta(ShelfJob, sha256: String, lines: Int)
  case commit(ShelfJob, ShelfManifest.Check)
  case abandon(ShelfJob)
  case drop(ShelfName)
}

/// The answer to a command.
package enum CommandReply: Sendable, Equatable {
  case done
  case code(DeviceAuthorization, secondsLeft: Int64)
  case paired(device: String, family: String)
  case session(id: String, remainingSeconds: Int64?)
  case remaining(seconds: Int64?)
  case ended(playedSeconds: Int64)
  case requested(String)
  case refused(CommandRefusal)
}

/// Why a command was not carried out.
package enum CommandRefusal: Error, Sendable, Equatable {
  case notPaired
  case alreadyPaired
  case noPolicy
  case unknownProfile
  case noActiveProfile
  case unknownSession
  /// After `waitSeconds` the next PIN may be tried; 0: at once.
  case wrongPIN(waitSeconds: Int64)
  /// Nothing was verified: too many were wrong before.
  case pinLocked(seconds: Int64)
  /// The profile that was named is no adult's with a PIN.
  case noAdultPIN
  case denied(Decision)
  /// No handler of this box opens it.
  case nothingToLaunch
  /// Every target failed; the last one's cause.
  case launchFailed(String)
  /// The upstream refused the pairing; its own name for why.
  case pairing(String)
  case unreachable(String)
  /// Safe mode: the upstream is not asked for so long.
  case resting(seconds: Int64)
  case tooManySessions(limit: Int)
  /// The family takes no requests of this kind.
  case requestsNotTaken
  case tooManyRequests(limit: Int)
  case storage(String)
  case cancelled
}

/// What launchers and technicians hear without asking.
package enum AgentSignal: Sendable, Equatable {
  case policyChanged(version: Int)
  case catalogueChanged(ShelfName, version: Int, titles: Int)
  case profileChanged(String?)
  case sessionWarning(session: String, remainingSeconds: Int64)
  /// With what denied it; nil where nothing did.
  case sessionEnded(session: String, reason: SessionEndReason, Decision?)
  case decisionChanged(profile: String, title: TitleReference?, app: String?, Decision)
  case requestAnswered(request: String, isGranted: Bool)
  case pairingStateChanged(String, detail: String)
  case statusChanged
}

/// One line for the journal: a constant message, the facts beside it. No names of children, no secrets.
package struct LogEntry: Sendable, Equatable {
  package var level: Level
  package var message: String
  package var facts: [Fact]

  package enum Level: Int, Sendable, Comparable {
    case debug = 7, info = 6, notice = 5, warning = 4, error = 3
    /// The more severe one is greater.
    package static func < (a: Level, b: Level) -> Bool { a.rawValue > b.rawValue }
  }

  package struct Fact: Sendable, Equatable {
    package var key: String
    package var value: String
    package init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
  }

  package init(_ level: Level, _ message: String, _ facts: [Fact] = []) {
    (self.level, self.message, self.facts) = (level, message, facts)
  }
}
