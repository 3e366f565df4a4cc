/// Whether the box has a clock that runs while it is off (rtc(4)).
package enum RealTimeClock {
  private static let directory = "/sys/class/rtc"

  package static var isPresent: Bool { (try? DirectoryListing.names(directory))?.isEmpty == false }
}
