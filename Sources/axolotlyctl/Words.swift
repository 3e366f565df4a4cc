import AgentCore
import Terminal

/// How people read what the daemon says by codes.
enum Words {
  /// `h:mm:ss`.
  static func clock(_ seconds: Int64) -> String {
    "\(seconds / 3_600):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
  }

  /// Rounded to its largest unit, for example `3 min`.
  static func age(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }

  /// Local time, and UTC in brackets.
  static func instant(_ text: String) -> String {
    guard let time = WallTime(text) else { return text }
    return "\(LocalTime.text(of: time)) (\(text))"
  }

  static func remaining(_ seconds: Int64?) -> String { seconds.map(clock) ?? "24 hours or more" }

  static func verdict(_ code: String) -> (words: String, meaning: Output.Meaning, status: ExitStatus) {
    switch Decision.Verdict(rawValue: code) {
    case .allow: ("allowed", .good, .done)
    case .ask: ("a parent has to say yes", .doubtful, .ask)
    case .deny: ("not allowed", .bad, .deny)
    case nil: (code, .bad, .protocolBroken)
    }
  }

  /// A reason in words, with its code in brackets (`spec/policy.md` §3).
  static func reason(_ code: String) -> String {
    guard let reason = Decision.Reason(rawValue: code) else { return code }
    return "\(words(of: reason)) (\(code))"
  }

  private static func words(of reason: Decision.Reason) -> String {
    switch reason {
    case .unknownProfile: "the family has no such profile"
    case .familyPaused: "the whole family is paused"
    case .profilePaused: "the profile is paused"
    case .policyStale: "the policy was not confirmed for too long"
    case .outsideSchedule: "it is outside the allowed hours"
    case .appBlocked: "the app is not allowed"
    case .titleBlocked: "the title is blocked"
    case .titleNotListed: "the title is not on the list of what is allowed"
    case .genreBlocked: "one of its genres is blocked"
    case .descriptorBlocked: "it holds something that is blocked"
    case .maturityExceeded: "it is rated for older ones"
    case .unrated: "it has no known rating"
    case .appLimitReached: "the app's time for today is used up"
    case .budgetExhausted: "the screen time for today is used up"
    }
  }

  /// Why an offer was left out, in words, with its code in brackets (`spec/links.md` §2).
  static func leftOut(_ code: String) -> String {
    let words: String? =
      switch code {
      case "region": "for another region"
      case "not_yet": "not available yet"
      case "expired": "no longer available"
      case "not_entitled": "the family has no such subscription"
      case "purchase_not_allowed": "the profile may not buy or rent"
      case "no_handler": "no app on this box opens it"
      case "bad_link": "its link has no known form"
      case "fallback_not_allowed": "its page would open what is blocked"
      default: nil
      }
    return words.map { "\($0) (\(code))" } ?? reason(code)
  }

  /// Why a session ended (`spec/wire.md` §5).
  static func sessionEnd(_ code: String) -> String {
    switch SessionEndReason(rawValue: code) {
    case .budget: "the time is used up"
    case .schedule: "the allowed hours are over"
    case .pause: "a pause has begun"
    case .policy: "the policy does not allow it any more"
    case .closed: "it was closed"
    case .standby: "the box went to standby"
    case .stopped: "it was stopped"
    case .lost: "its heartbeats stopped"
    case nil: code
    }
  }

  static func pairing(_ state: String) -> String {
    switch state {
    case "starting": "the daemon is starting"
    case "unpaired": "not paired; run 'axolotlyctl pair'"
    case "requesting_code": "asking the upstream for a code"
    case "waiting_for_network": "waiting for the network; the code comes when the network does"
    case "showing_code": "waiting for a parent"
    case "claiming": "handing in a parent's code"
    case "saving": "saving the new identity"
    case "paired": "paired"
    default: state
    }
  }

  /// An argument vector as a shell would take it.
  static func commandLine(_ arguments: [String]) -> String {
    arguments.map { argument in
      let isPlain = !argument.isEmpty && argument.utf8.allSatisfy { plainBytes.contains($0) }
      return isPlain
        ? argument
        : "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }.joined(separator: " ")
  }

  private static let plainBytes = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_".utf8)

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
