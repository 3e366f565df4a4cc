/// Trusted time: an anchor plus the boot time that elapsed since (design, Process model).
///
/// | anchor | moves |
/// |---|---|
/// | `Date` of an authentic answer | anywhere, backwards too; it replaces the high-water mark |
/// | the kernel's clock while it is synchronised | forward only |
/// | a process's first reading of the clock | forward of the high-water mark only |
package struct TrustedClock: Sendable, Equatable {
  package enum Source: String, Sendable {
    /// Nothing but the build's time or the high-water mark.
    case none
    case firstReading = "first_reading"
    case synchronised
    case upstream
  }

  /// By how much an anchor must differ to move the time, seconds: `Date` has whole seconds and travels.
  private static let toleranceSeconds: Int64 = 2

  package private(set) var source = Source.none
  private var anchorBoot: Moment
  private var anchorWall: WallTime

  /// `floor` is the later of the build's time and the persisted high-water mark.
  package init(floor: WallTime, now: Now) {
    anchorBoot = now.boot
    anchorWall = floor
    if now.systemSeconds >= floor.seconds {
      anchorWall = WallTime(seconds: now.systemSeconds)
      source = .firstReading
    }
  }

  package func time(at boot: Moment) -> WallTime {
    anchorWall + (boot - anchorBoot).wholeSeconds
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
