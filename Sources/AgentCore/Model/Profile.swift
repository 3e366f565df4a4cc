/// One member of the family as the policy describes it (`spec/policy.md` §1).
package struct Profile: Sendable, Equatable {
  package var id: String
  package var name: String
  package var kind: Kind
  package var pin: PINVerifier?
  package var pause: Policy.Pause?
  package var maturity: Maturity?
  package var titles = TitleRules()
  /// Genres that are blocked; they compare without case.
  package var blockedGenres: [String] = []
  /// Descriptors that are blocked; they compare without case.
  package var blockedDescriptors: [String] = []
  package var apps = AppRules()
  package var schedule: Schedule?
  package var budget: Budget?
  package var purchases = false
  package var grants: [Grant] = []

  package enum Kind: String, Sendable, Codable { case child, teen, adult, guest }
  package enum Mode: String, Sendable, Codable { case all, listed }
  package enum Unrated: String, Sendable, Codable { case block, ask, allow }

  package struct Maturity: Sendable, Equatable {
    /// Years.
    package var maxAge: Int
    package var unrated: Unrated
    package init(maxAge: Int, unrated: Unrated) { (self.maxAge, self.unrated) = (maxAge, unrated) }
  }

  package struct TitleRules: Sendable, Equatable {
    package var mode = Mode.all
    package var allow: [TitleReference] = []
    package var block: [TitleReference] = []
    package init(mode: Mode = .all, allow: [TitleReference] = [], block: [TitleReference] = []) {
      (self.mode, self.allow, self.block) = (mode, allow, block)
    }
  }

  package struct AppRules: Sendable, Equatable {
    package var mode = Mode.all
    package var allow: [String] = []
    package var block: [String] = []
    /// Minutes a day by app.
    package var limits: [String: Int] = [:]
    package init(mode: Mode = .all, allow: [String] = [], block: [String] = [], limits: [String: Int] = [:]) {
      (self.mode, self.allow, self.block, self.limits) = (mode, allow, block, limits)
    }
  }

  /// The allowed windows by weekday, Monday first; nil: the whole day is allowed.
  package struct Schedule: Sendable, Equatable {
    package var days: [[Window]?]
    package init(days: [[Window]?]) { self.days = days }
  }

  /// Minutes of the day, `start ..< end`; 1440 ends a day.
  package struct Window: Sendable, Equatable {
    package var start: Int
    package var end: Int
    package init(start: Int, end: Int) { (self.start, self.end) = (start, end) }
  }

  /// Minutes of screen time by weekday, Monday first; nil: unlimited.
  package struct Budget: Sendable, Equatable {
    package var days: [Int?]
    package init(days: [Int?]) { self.days = days }
  }

  /// What a parent gave on top; active while `from ≤ at < until`.
  package struct Grant: Sendable, Equatable {
    package var id: String
    package var from: WallTime
    package var until: WallTime
    package var kind: Kind
    package enum Kind: Sendable, Equatable {
      case time(minutes: Int)
      case window
      case title(TitleReference)
    }
    package init(id: String, from: WallTime, until: WallTime, kind: Kind) {
      (self.id, self.from, self.until, self.kind) = (id, from, until, kind)
    }
  }

  /// A scrypt verifier; never the PIN itself. `salt` and `hash` are base64url as received.
  package struct PINVerifier: Sendable, Equatable {
    package var n: Int
    package var r: Int
    package var p: Int
    package var salt: String
    package var hash: String
    package init(n: Int, r: Int, p: Int, salt: String, hash: String) {
      (self.n, self.r, self.p, self.salt, self.hash) = (n, r, p, salt, hash)
    }
  }

  package init(id: String, name: String, kind: Kind) { (self.id, self.name, self.kind) = (id, name, kind) }
}
