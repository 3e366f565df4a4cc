import CSystemd
import Glibc
import Synchronization

/// Where the programs say what happens: constant messages, with the facts in metadata.
///
/// Under systemd it writes to the journal with fields of its own, elsewhere one readable line to standard error.
/// It can be used from every thread.
package final class Log: Sendable {
  /// The priorities of syslog(3) that are used.
  package enum Level: Int, Sendable, CaseIterable, Comparable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7

    /// `error`, `warning`, `notice`, `info` or `debug`; nil for other words.
    package init?(name: String) {
      guard let level = Level.allCases.first(where: { $0.name == name }) else { return nil }
      self = level
    }

    package var name: String {
      switch self {
      case .error: "error"
      case .warning: "warning"
      case .notice: "notice"
      case .info: "info"
      case .debug: "debug"
      }
    }

    /// The more serious is the smaller.
    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// Where the lines go.
  package enum Destination: Sendable {
    case journal
    case standardError(isColoured: Bool)
    /// Each line as it would be written, without its time.
    case lines(@Sendable (String) -> Void)

    /// The journal where standard error is connected to it, else standard error, coloured on a terminal alone.
    package static var usual: Destination {
      guard !isJournal else { return .journal }
      let mayColour = unsafe getenv("NO_COLOR") == nil
      return .standardError(isColoured: mayColour && isatty(STDERR_FILENO) == 1)
    }

    /// `JOURNAL_STREAM` names the device and inode of the journal's stream (systemd.exec(5)).
    private static var isJournal: Bool {
      guard let text = unsafe getenv("JOURNAL_STREAM").map({ unsafe String(cString: $0) }) else { return false }
      var status = stat()
      guard unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
      return text == "\(status.st_dev):\(status.st_ino)"
    }
  }

  private let destination: Destination
  private let threshold: Atomic<Int>

  package init(_ destination: Destination, level: Level) {
    self.destination = destination
    threshold = Atomic(level.rawValue)
  }

  /// Messages that are less serious are left out.
  package var level: Level {
    get { Level(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
    set { threshold.store(newValue.rawValue, ordering: .relaxed) }
  }

  /// Writes one message, for example `log(.info, "Policy is active", [("version", "7")])`.
  ///
  /// A key is lower case with `_`; in the journal it is the field `AXOLOTLY_KEY`.
  package func callAsFunction(_ level: Level, _ message: StaticString, _ metadata: [(String, String)] = []) {
    write(level, "\(message)", metadata)
  }

  /// Writes a message that was made elsewhere; it is constant there.
  package func write(_ level: Level, _ message: String, _ metadata: [(String, String)]) {
    guard level <= self.level else { return }
    switch destination {
    case .journal: Self.writeToJournal(level, message, metadata)
    case .standardError(let isColoured): Self.writeToStandardError(level, message, metadata, isColoured)
    case .lines(let write): write(LogLine.text(level, message, metadata, isColoured: false))
    }
  }

  private static func writeToStandardError(
    _ level: Level, _ message: String, _ metadata: [(String, String)], _ isColoured: Bool
  ) {
    let stamp = LogLine.stamp(SystemClocks.read().wallSeconds)
    let line = Array("\(stamp) \(LogLine.text(level, message, metadata, isColoured: isColoured))\n".utf8)
    // One write keeps lines of several threads whole; one that cannot be written is lost.
    _ = retryingInterrupts {
      unsafe line.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  }

  private static func writeToJournal(_ level: Level, _ message: String, _ metadata: [(String, String)]) {
    var fields = ["PRIORITY=\(level.rawValue)", "MESSAGE=\(message)"]
    if !metadata.isEmpty {
      let facts = metadata.map { "\($0)=\($1)" }.joined(separator: " ")
      fields[1] += " (\(facts))"
      fields += metadata.map { LogLine.fieldName($0) + "=" + $1 }
    }
    JournalEntry.send(fields)
  }
}
