/// What each user asks of the local bus, so that a bad client cannot starve another.
///
/// A user has a bucket of `Limits.busCallBurst` calls, refilled by `Limits.busCallsPerSecond`, and at most
/// `Limits.busWaitingCallsPerUser` calls that wait for their answers, over all its connections and both buses.
package struct CallerBook: Sendable {
  package enum Refusal: Sendable, Equatable {
    case tooFast
    case tooManyWaiting
    /// More users call at once than are kept apart.
    case tooManyUsers

    /// One line to read.
    package var line: String {
      switch self {
      case .tooFast: "this user calls more than \(Limits.busCallsPerSecond) times a second; call less often"
      case .tooManyWaiting: "\(Limits.busWaitingCallsPerUser) calls of this user wait for their answers; wait for one"
      case .tooManyUsers: "more than \(Limits.busUsers) users call at once; try again"
      }
    }
  }

  private struct Account: Sendable {
    /// Tokens in nanoseconds of refill: a call costs `Self.cost`.
    var credit: Int64
    var refilledAt: Moment
    var waiting = 0
  }

  private static let cost = 1_000_000_000 / Int64(Limits.busCallsPerSecond)
  private static let fullCredit = cost * Int64(Limits.busCallBurst)

  /// Users without limits: they could stop the daemon anyway.
  private let exempt: Set<UInt32>
  private var accounts: [UInt32: Account] = [:]

  package init(exempt: Set<UInt32> = []) { self.exempt = exempt }

  /// Takes a message of a user; nil: it is within its rate.
  package mutating func take(_ user: UInt32, at now: Moment) -> Refusal? {
    guard !exempt.contains(user) else { return nil }
    guard var account = account(of: user, at: now) else { return .tooManyUsers }
    defer { accounts[user] = account }
    guard account.credit >= Self.cost else { return .tooFast }
    account.credit -= Self.cost
    return nil
  }

  /// A call of the user begins to wait for its answer; nil: it may. Ends with `answered`.
  package mutating func wait(_ user: UInt32, at now: Moment) -> Refusal? {
    guard !exempt.contains(user) else { return nil }
    guard var account = account(of: user, at: now) else { return .tooManyUsers }
    guard account.waiting < Limits.busWaitingCallsPerUser else { return .tooManyWaiting }
    account.waiting += 1
    accounts[user] = account
    return nil
  }

  /// A call that began to wait has been answered or given up.
  package mutating func answered(_ user: UInt32) {
    guard !exempt.contains(user), let waiting = accounts[user]?.waiting, waiting > 0 else { return }
    accounts[user]?.waiting = waiting - 1
  }

  private mutating func account(of user: UInt32, at now: Moment) -> Account? {
    if var known = accounts[user] {
      known.credit = Self.credit(of: known, at: now)
      known.refilledAt = now
      return known
    }
    if accounts.count >= Limits.busUsers {
      accounts = accounts.filter { $0.value.waiting > 0 || Self.credit(of: $0.value, at: now) < Self.fullCredit }
    }
    guard accounts.count < Limits.busUsers else { return nil }
    return Account(credit: Self.fullCredit, refilledAt: now)
  }

  private static func credit(of account: Account, at now: Moment) -> Int64 {
    let earned = max(0, min((now - account.refilledAt).nanoseconds, fullCredit))
    return min(fullCredit, account.credit + earned)
  }
}
