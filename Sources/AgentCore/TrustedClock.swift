/// Trusted time: an anchor plus the boot time that elapsed since (design, Process model).
///
/// | anchor | moves |
/// |---|---|
/// | `Date` of an authentic answer | anywhere, backwards too; it replaces the high-water mark |
/// | the kernel's clock while it is synchronised | forward only |
/// | what an earlier process of this boot had | as that one had it |
/// | a boot's first reading, where the box has a real-time clock | forward of the high-water mark only |
///
/// The system clock by itself moves nothing: not while the box runs, not over a restart of the daemon, and not at all on a box without a
/// real-time clock, whose system clock begins anywhere.
package struct TrustedClock: Sendable, Equatable {
  package enum Source: String, Sendable, Codable {
    /// Nothing but the build's time or the high-water mark.
    case none
    case firstReading = "first_reading"
    case synchronised
    case upstream
  }

  /// A reading of trusted time in one boot, as the journal keeps it for a later process of the same boot.
  package struct Anchor: Sendable, Equatable, Codable {
    /// 8 hex digits of the boot id.
    package var boot: String
    /// Nanoseconds since that boot.
    package var at: Int64
    package var wall: WallTime
    package var source: Source

    package init(boot: String, at: Int64, wall: WallTime, source: Source) {
      (self.boot, self.at, self.wall, self.source) = (boot, at, wall, source)
    }
  }

  /// By how much an anchor must differ to move the time, seconds: `Date` has whole seconds and travels.
  private static let toleranceSeconds: Int64 = 2

  package private(set) var source = Source.none
  /// Time is never before it: when this program was built.
  private let earliest: WallTime
  private var anchorBoot: Moment
  private var anchorWall: WallTime

  /// - Parameters:
  ///   - earliest: when this program was built.
  ///   - highWater: the highest trusted time of an earlier boot.
  ///   - anchor: what an earlier process of this boot left; nil where there was none.
  ///   - hasRealTimeClock: whether the system clock's first reading of a boot is worth anything.
  package init(
    earliest: WallTime, highWater: WallTime? = nil, anchor: Anchor? = nil, hasRealTimeClock: Bool = true, now: Now
  ) {
    self.earliest = earliest
    anchorBoot = now.boot
    anchorWall = max(earliest, highWater ?? earliest)
    if let anchor, anchor.at <= now.boot.nanoseconds {
      (anchorBoot, anchorWall, source) = (Moment(nanoseconds: anchor.at), anchor.wall, anchor.source)
    } else if hasRealTimeClock, now.systemSeconds >= anchorWall.seconds {
      anchorWall = WallTime(seconds: now.systemSeconds)
      source = .firstReading
    }
  }

  package func time(at boot: Moment) -> WallTime {
    max(earliest, anchorWall + (boot - anchorBoot).wholeSeconds)
  }

  /// What a later process of this boot begins with.
  package func anchor(boot: String) -> Anchor {
    Anchor(boot: boot, at: anchorBoot.nanoseconds, wall: anchorWall, source: source)
  }

  /// Takes the kernel's clock as an anchor where it is synchronised and ahead.
  package mutating func observe(_ now: Now) {
    guard now.isSynchronised, source != .upstream else { return }
    let ahead = now.systemSeconds - time(at: now.boot).seconds
    if ahead > Self.toleranceSeconds { anchor(WallTime(seconds: now.systemSeconds), at: now.boot) }
    if ahead >= -Self.toleranceSeconds { source = .synchronised }
  }

  /// Takes the `Date` of an authentic answer.
  package mutating func hear(_ date: WallTime, at boot: Moment) {
    let difference = date - time(at: boot)
    if abs(difference) > Self.toleranceSeconds { anchor(date, at: boot) }
    source = .upstream
  }

  /// The moment at which trusted time will be `wall`, if nothing moves it; a past one for a past time.
  package func moment(of wall: WallTime) -> Moment {
    anchorBoot + .seconds(wall - anchorWall)
  }

  private mutating func anchor(_ wall: WallTime, at boot: Moment) {
    anchorWall = wall
    anchorBoot = boot
  }
}
