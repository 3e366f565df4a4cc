/// Every limit of the agent, named, with its unit. Larger input is refused, never cut (`spec/wire.md` §0).
package enum Limits {
  // Answers of the upstream, bytes.
  package static let headsBytes = 256 << 10
  package static let envelopeBytes = 1_572_864
  package static let policyPayloadBytes = 1 << 20
  package static let trustBytes = 16 << 10
  package static let manifestBytes = 1 << 20
  package static let otherBodyBytes = 64 << 10
  package static let answerHeaderBytes = 32 << 10
  package static let redirects = 3
  package static let cursorBytes = 512
  package static let commands = 32

  // Blobs of the catalogue.
  package static let blobBytes = 8 << 20
  package static let blobUnpackedBytes = 64 << 20
  package static let lineBytes = 64 << 10
  package static let shelfTitles = 250_000
  package static let titleOffers = 64
  // Members of a title; one that is longer makes it unreadable.
  package static let titleNameBytes = 1_024
  package static let titleWordBytes = 256
  package static let titleWords = 256
  package static let titleRatings = 64

  // Time zones.
  package static let zoneFileBytes = 64 << 10
  package static let zoneChanges = 4_096
  package static let zoneRuleBytes = 256

  // Usage.
  package static let batchEvents = 512
  package static let batchBytes = 256 << 10
  package static let batchSentBytes = 64 << 10
  package static let outboxBytes = 64 << 20

  /// Requests of a profile that no parent has answered yet.
  package static let openRequests = 16
  /// Distinct denials that are reported of an hour.
  package static let denialsAnHour = 64

  // Local bus.
  /// Clients whose last question is watched.
  package static let watchedClients = 64
  package static let busMessageBytes = 256 << 10
  package static let busClients = 64
  /// Sessions that are open at once, of all users and of one.
  package static let openSessions = 32
  package static let openSessionsPerUser = 8
  /// Apps of one user that may be starting at once.
  package static let launchesAtOncePerUser = 2
  /// Days over which an absence of the agent is counted at most; an app does not play longer without it.
  package static let daysOfAbsence = 2
  /// Calls of one user: so many at once, and so many a second in the long run.
  package static let busCallBurst = 400
  package static let busCallsPerSecond = 100
  /// Calls of one user that may wait for their answers, over all its connections.
  package static let busWaitingCallsPerUser = 128
  /// Users whose calls are counted apart.
  package static let busUsers = 256
  package static let browsePage = 200

  // Links and handlers (`spec/links.md`).
  package static let linkBytes = 2_048
  package static let slugBytes = 128
  package static let pluginIDBytes = 1_024
  package static let referenceIDBytes = 64
  package static let handlerFileBytes = 64 << 10
  package static let handlerFiles = 256
  package static let handlerArguments = 64
  package static let launchRequestBytes = 64 << 10
  package static let handlerArgumentBytes = 4_096
}
