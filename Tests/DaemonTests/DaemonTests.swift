import Testing

/// The programs as they are: real processes on loopback, one test at a time.
///
/// Every wait is for an event of its own (a signal of the bus, a line of a child, a datagram) and is bounded; what was
/// awaited is said with the logs when it does not come.
@Suite(.serialized) enum DaemonTests {}
