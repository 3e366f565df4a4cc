/// What a process of the daemon leaves for the next one of this boot: the shell keeps it in a file, and the rules are here.
///
/// A process that is not ended by a stop, or by a start that fails for a reason that a person has to mend, has crashed; what
/// the watchdog, the kernel or a signal killed has, too. A reboot or a loss of power is no crash of the daemon.
package struct ProcessRecord: Sendable, Equatable, Codable {
  /// So many crashes within `window` make the next start a safe one.
  package static let crashLimit = 3
  package static let window = Duration.seconds(300)

  /// The boot that it speaks of; moments of another cannot be compared.
  package private(set) var boot: String
  /// A process runs, or ran and never said that it stopped.
  package private(set) var isRunning: Bool
  /// When crashes were noticed, each at the start after it: seconds since boot, oldest first.
  package private(set) var crashedAt: [Int64]
  /// What was left of the budget of requests, and when: seconds since boot.
  package private(set) var requestsLeft: Int
  package private(set) var requestsLeftAt: Int64

  /// What a process writes at its start, given what its predecessor left.
  package init(after predecessor: ProcessRecord?, boot: String, at now: Moment) {
    let seconds = now.nanoseconds / 1_000_000_000
    self.boot = boot
    isRunning = true
    (crashedAt, requestsLeft, requestsLeftAt) = ([], RequestBudget.burst, seconds)
    guard let predecessor, predecessor.boot == boot else { return }
    let crashes = predecessor.crashedAt + (predecessor.isRunning ? [seconds] : [])
    let oldest = seconds - Self.window.wholeSeconds
    crashedAt = Array(crashes.filter { $0 > oldest && $0 <= seconds }.suffix(Self.crashLimit))
    if predecessor.isRunning {
      requestsLeft = RequestBudget.burstAfterCrash
    } else {
      let elapsed = max(0, seconds - predecessor.requestsLeftAt)
      let earned = elapsed / RequestBudget.refillInterval.wholeSeconds
      let left = Int64(max(0, predecessor.requestsLeft)) + min(earned, Int64(RequestBudget.burst))
      requestsLeft = Int(min(left, Int64(RequestBudget.burst)))
    }
  }

  /// What a process writes that ends of its own accord: whoever stopped it ends the row of crashes, not the budget.
  package func stopped(requestsLeft: Int, at now: Moment) -> ProcessRecord {
    var record = self
    (record.isRunning, record.crashedAt) = (false, [])
    (record.requestsLeft, record.requestsLeftAt) = (requestsLeft, now.nanoseconds / 1_000_000_000)
    return record
  }

  /// Crashes within the window before this start.
  package var crashes: Int { crashedAt.count }
}

/// The rest from the network after crash upon crash: whatever made the daemon crash must not make it a burden to the upstream,
/// and the last policy is enforced meanwhile.
package struct SafeMode: Sendable, Equatable {
  package static let length = Duration.seconds(300)
  /// What every box of a fleet did at once ends over so long a time.
  package static let spread = Duration.seconds(30)

  /// Nothing is asked before it.
  package var until: Moment
}
