import SystemdHost
import Testing

/// The form of log lines.
struct LogTests {
  private func line(_ metadata: [(String, String)]) -> String {
    let lines = Box<[String]>([])
    Log(.lines { line in lines.withLock { $0.append(line) } }, level: .debug)(.info, "Policy is active", metadata)
    return lines.withLock { $0.first ?? "" }
  }

  @Test func log_metadata_isQuotedWhereNeeded() {
    let cases: [([(String, String)], String)] = [
      ([], "info    Policy is active"),
      ([("version", "7"), ("shelf", "de/films")], "info    Policy is active version=7 shelf=de/films"),
      ([("name", "two words")], "info    Policy is active name=\"two words\""),
      ([("name", "")], "info    Policy is active name=\"\""),
      ([("name", "a\"b\\ c\nd\u{1B}[31m")], "info    Policy is active name=\"a\\\"b\\\\ c\\nd\\x1b[31m\""),
      ([("name", "天空")], "info    Policy is active name=天空"),
    ]
    for (metadata, expected) in cases { #expect(line(metadata) == expected) }
  }

  @Test func log_level_leavesOutWhatIsLessSerious() {
    let lines = Box<[String]>([])
    let log = Log(.lines { line in lines.withLock { $0.append(line) } }, level: .notice)
    for level in Log.Level.allCases { log(level, "Said") }
    #expect(lines.withLock { $0.count } == 3)
    log.level = .debug
    log(.debug, "Said")
    #expect(lines.withLock { $0.last } == "debug   Said")
  }

  @Test func level_names_areReadBack() {
    for level in Log.Level.allCases { #expect(Log.Level(name: level.name) == level) }
    #expect(Log.Level(name: "loud") == nil)
  }

  @Test func fieldName_key_isValidInTheJournal() {
    for (key, expected) in [
      ("remaining_s", "AXOLOTLY_REMAINING_S"), ("a-b.C9", "AXOLOTLY_A_B_C9"), ("ß", "AXOLOTLY___"),
    ] {
      #expect(LogLine.fieldName(key) == expected)
    }
  }
}
