import AgentCore
import FoundationEssentials
import Testing

/// Time zone files (RFC 9636): made here byte by byte, and this machine's own.
@Suite struct TimeZoneFileTests {
  /// The content of a file of version 2; the fixtures leave the first block empty, as slim files do.
  private struct File {
    var version = UInt8(ascii: "2")
    var changes: [(at: Int64, type: UInt8)] = []
    var types: [(offset: Int32, isDaylight: UInt8)] = [(0, 0)]
    var leapSeconds: [UInt8] = []
    var rule = ""

    var bytes: [UInt8] {
      var block = changes.flatMap { bigEndian($0.at) } + changes.map(\.type)
      for type in types { block += bigEndian(type.offset) + [type.isDaylight, 0] }
      block += Array("LMT\0".utf8) + leapSeconds
      let counts = [0, 0, leapSeconds.count / 12, changes.count, types.count, 4].map { Int32($0) }
      let empty = header([0, 0, 0, 0, 1, 1]) + [0, 0, 0, 0, 0, 0, 0]
      return empty + header(counts) + block + Array("\n\(rule)\n".utf8)
    }

    private func header(_ counts: [Int32]) -> [UInt8] {
      Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts.flatMap { bigEndian($0) }
    }

    private func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
      (0..<(value.bitWidth / 8)).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
  }

  @Test func init_tableAndRule_answersByBoth() throws {
    // Local mean time, two changes, then a rule.
    let file = File(
      changes: [(0, 1), (1_000, 2)], types: [(-17_762, 0), (-18_000, 0), (-14_400, 1)],
      rule: "EST5EDT,M3.2.0,M11.1.0")
    let zone = try TimeZoneRules(tzif: file.bytes)
    let table = [
      ("1969-12-31T23:59:59Z", -17_762), ("1970-01-01T00:00:00Z", -18_000), ("1970-01-01T00:16:39Z", -18_000),
      // From the last change on the rule holds: the winter's offset.
      ("1970-01-01T00:16:40Z", -18_000), ("2026-07-01T00:00:00Z", -14_400),
    ]
    for (instant, offset) in table { #expect(zone.offsetSeconds(at: try at(instant)) == offset, "\(instant)") }
    #expect(zone.nextTransition(after: try at("1969-01-01T00:00:00Z")) == (try at("1970-01-01T00:00:00Z")))
  }

  @Test func init_tableWithoutRule_keepsTheLastOffset() throws {
    let zone = try TimeZoneRules(tzif: File(changes: [(0, 1)], types: [(3_600, 0), (7_200, 0)]).bytes)
    #expect(zone.offsetSeconds(at: WallTime(seconds: -1)) == 3_600)
    #expect(zone.offsetSeconds(at: WallTime(seconds: 1 << 40)) == 7_200)
    #expect(zone.nextTransition(after: WallTime(seconds: 0)) == nil)
  }

  @Test func init_dateLeftOut_beginsWithTheNext() throws {
    // Apia went from UTC-10 to UTC+14 at the end of 2011-12-29: there was no 2011-12-30.
    let skip = try at("2011-12-30T10:00:00Z")
    let zone = try TimeZoneRules(tzif: File(changes: [(skip.seconds, 1)], types: [(-36_000, 1), (50_400, 1)]).bytes)
    #expect(zone.startOfDay(try date("2011-12-29")) == (try at("2011-12-29T10:00:00Z")))
    #expect(zone.startOfDay(try date("2011-12-30")) == skip)
    #expect(zone.startOfDay(try date("2011-12-31")) == skip)
    #expect(zone.nextMidnight(after: skip + -1) == skip)
    #expect(zone.day(at: skip) == (try date("2011-12-31")))
    #expect(zone.nextMidnight(after: skip) == skip + 86_400)
  }

  @Test func init_badFiles_areRefused() {
    let good = File(changes: [(0, 0)], rule: "UTC0")
    var files = [
      File(version: 0).bytes, File(types: []).bytes, File(changes: [(5, 0), (5, 0)]).bytes,
      File(changes: [(5, 1)]).bytes, File(types: [(.min, 0)]).bytes, File(types: [(93_600, 0)]).bytes,
      File(leapSeconds: [UInt8](repeating: 0, count: 12)).bytes, File(rule: "EST").bytes, [],
      Array("not a time zone".utf8), [UInt8](repeating: 0, count: 70_000),
      File(changes: (0..<5_000).map { ($0, 0) }).bytes,
    ]
    files += (0..<good.bytes.count).map { Array(good.bytes.prefix($0)) }
    for bytes in files {
      #expect(throws: TimeZoneRules.Refusal.self) { try TimeZoneRules(tzif: bytes) }
    }
    #expect(throws: Never.self) { try TimeZoneRules(tzif: good.bytes) }
  }

  @Test func init_anyByteChanged_isReadOrRefused() {
    let good = File(
      changes: [(0, 1), (1_000, 0)], types: [(0, 0), (3_600, 1)], rule: "EET-2EEST,M3.5.0/3,M10.5.0/4"
    ).bytes
    for index in good.indices {
      for byte in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var bytes = good
        bytes[index] = byte
        let zone = try? TimeZoneRules(tzif: bytes)
        _ = zone?.nextMidnight(after: WallTime(seconds: 500))
      }
    }
  }

  /// Where this machine has no time zone files this shows as skipped.
  @Test(
    .enabled(if: SystemZones.arePresent, "needs the system's time zone files"),
    arguments: [
      ("America/New_York", "1883-11-18T16:59:59Z", -17_762), ("America/New_York", "1942-07-01T00:00:00Z", -14_400),
      ("America/New_York", "2026-11-01T06:00:00Z", -18_000), ("America/New_York", "2099-07-01T00:00:00Z", -14_400),
      ("Europe/Berlin", "1945-06-01T00:00:00Z", 10_800), ("Europe/Berlin", "2026-03-29T01:00:00Z", 7_200),
      ("Asia/Kolkata", "2026-01-01T00:00:00Z", 19_800), ("Asia/Kathmandu", "1985-12-31T18:30:00Z", 20_700),
      ("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000), ("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400),
      ("Africa/Casablanca", "2026-02-20T00:00:00Z", 0), ("Africa/Casablanca", "2026-06-01T00:00:00Z", 3_600),
      ("America/Sao_Paulo", "2018-11-04T03:00:00Z", -7_200), ("America/Sao_Paulo", "2026-01-01T00:00:00Z", -10_800),
      ("Etc/UTC", "2026-01-01T00:00:00Z", 0),
    ])
  func offsetSeconds_bySystemsFile_isTheKnownOne(name: String, instant: String, offset: Int) throws {
    #expect(try SystemZones.zone(name).offsetSeconds(at: at(instant)) == offset)
  }

  /// Where this machine has no time zone files this shows as skipped.
  @Test(
    .enabled(if: SystemZones.arePresent, "needs the system's time zone files"),
    arguments: [
      ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"), ("Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
      ("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"), ("Europe/Dublin", "IST-1GMT0,M10.5.0,M3.5.0/1"),
    ])
  func offsetSeconds_bySystemsFile_agreesWithTheRule(name: String, rule: String) throws {
    let (file, rules) = (try SystemZones.zone(name), try TimeZoneRules(posix: rule))
    var instant = try at("2024-01-01T00:00:00Z")
    while instant < (try at("2045-01-01T00:00:00Z")) {
      let (next, expected) = (file.nextTransition(after: instant), rules.nextTransition(after: instant))
      #expect(next == expected, "\(name) after \(instant)")
      guard let next else { return }
      #expect(file.offsetSeconds(at: next) == rules.offsetSeconds(at: next), "\(name) at \(next)")
      instant = next
    }
  }
}
