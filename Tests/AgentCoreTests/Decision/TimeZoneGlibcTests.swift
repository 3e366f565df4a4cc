import AgentCore
import Testing

@Suite(.enabled(if: SystemZones.arePresent, "needs the system's time zone files"))
struct TimeZoneGlibcTests {
  private static let first = 0
  private static let end = 2_145_916_800  // 2038-01-01T00:00:00Z

  /// Every zone of the system over 1970-2037: at each transition, a second before it, and at 200 random instants.
  @Test func offset_everyZoneOfTheSystem_isTheCLibrarys() throws {
    var random = SeededRandom(seed: 1_970)
    var (zones, instants, wrong) = (0, 0, 0)
    for name in GlibcZone.names {
      let zone = try SystemZones.zone(name)
      var asked = (0..<200).map { _ in Int(random.next() % UInt64(Self.end)) }
      var next = zone.nextTransition(after: WallTime(seconds: Int64(Self.first)))
      while let transition = next, transition.seconds < Self.end {
        asked += [Int(transition.seconds) - 1, Int(transition.seconds)]
        next = zone.nextTransition(after: transition)
      }
      let known = asked.sorted()
      let expected = GlibcZone.with(name) { known.map(GlibcZone.offset) }
      for (instant, offset) in zip(known, expected) {
        let ours = zone.offsetSeconds(at: WallTime(seconds: Int64(instant)))
        if ours != offset { wrong += 1 }
        #expect(ours == offset, "\(name) at \(WallTime(seconds: Int64(instant)))")
      }
      zones += 1
      instants += known.count
    }
    #expect(zones > 400 && instants > 200 * zones)
    #expect(wrong == 0)
  }

  /// Transitions that we do not know of would not be asked at above: the C library's own, found hour by hour, are ours.
  @Test(arguments: [
    "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia",
    "Asia/Gaza", "America/Nuuk", "Antarctica/Troll", "Europe/Dublin",
  ])
  func nextTransition_everyChangeThatTheCLibraryHas_isFound(name: String) throws {
    let zone = try SystemZones.zone(name)
    let changes = GlibcZone.with(name) {
      stride(from: Self.first, to: Self.end, by: 3_600).filter {
        GlibcZone.offset(at: $0) != GlibcZone.offset(at: $0 + 3_600)
      }
    }
    var found: [Int] = []
    var next = zone.nextTransition(after: WallTime(seconds: Int64(Self.first)))
    while let transition = next, transition.seconds <= Self.end {
      found.append(Int(transition.seconds - 1) / 3_600 * 3_600)
      next = zone.nextTransition(after: transition)
    }
    #expect(found == changes, "\(name)")
  }
}
