package import AgentCore

/// Limits of the local bus and of files, beside `Limits.busClients` and `Limits.busMessageBytes`.
extension Limits {
  /// What logind gets to answer, microseconds.
  package static let logindMicroseconds: UInt64 = 5_000_000
  /// The longest line of `axolotly-launch`, bytes.
  static let connectionLineBytes = 256
  /// Connections that one user may hold of `busClients`, so that no user can lock the others out.
  package static let busClientsPerUser = 32
  /// Connections of all users together who may neither call nor hear anything.
  package static let busClientsOfStrangers = 8
  /// Places of `busClients` that root and the daemon's own user find free, whoever else is connected.
  package static let busClientsKept = 8
  /// Calls of one connection that may wait for their answer.
  package static let busPendingCalls = 64
  /// Calls that came over the system bus and may wait for their answer.
  package static let systemBusPendingCalls = 512
  /// Callers of the system bus whose credentials are remembered.
  package static let systemBusCallers = 256
  /// Messages of the system bus that wait until the broker says who sent them: of all callers, and of one.
  package static let systemBusHeldMessages = 512
  package static let systemBusHeldMessagesPerCaller = 128
  /// How long the broker is given to say who a caller is, microseconds.
  package static let systemBusCredentialsMicroseconds: UInt64 = 5_000_000
  /// What may wait for a broker that does not read: messages and bytes.
  package static let systemBusQueuedMessages = 4_096
  package static let systemBusQueuedBytes = 8 << 20
  /// The text of a bus address, bytes.
  package static let busAddressBytes = 1_024
  /// Bytes that may wait for one client that does not read, beside the kernel's socket buffer.
  package static let busQueuedBytes = 1 << 20
  /// Messages that may wait for one client that does not read.
  package static let busQueuedMessages = 512
  /// The kernel's send buffer for one client, bytes.
  package static let busSocketBufferBytes = 256 << 10
  /// Bytes taken from one client at a time.
  package static let busReadBytes = 16 << 10
  /// The text of the authentication, bytes; real clients send about 60.
  package static let busHandshakeBytes = 4 << 10
  /// Supplementary groups of a caller that are read; a caller with more has none.
  package static let busCallerGroups = 4096
  /// Containers within containers of one value.
  package static let busValueDepth = 16
  /// Connections waiting to be accepted.
  package static let busBacklog = 64
  /// Connections accepted within one second, those included that are closed at once because their user makes too many;
  /// further ones wait. It bounds the loop's work, and is far above what waits, so that each gets its turn soon.
  package static let busAcceptsPerSecond = 5_000
  /// Timer accuracy of the loop's deadline, microseconds: late by so much at most, never early.
  package static let deadlineAccuracyMicroseconds: UInt64 = 1_000
  /// How long events may go before a deadline that is due, nanoseconds.
  package static let deadlinePatienceNanoseconds: Int64 = 50_000_000
  /// One datagram of the kernel about links, addresses and routes, bytes; it sends at most 32 KiB.
  package static let routeDatagramBytes = 64 << 10
  /// Datagrams taken in one turn of the loop.
  package static let routeDatagramsPerTurn = 64
  /// Links, addresses and default routes that are remembered, each; more of them are changes every time.
  package static let routeEntries = 1_024
  /// How long changes of the network are gathered before they are told as one, microseconds.
  package static let networkSettleMicroseconds: UInt64 = 250_000
}
