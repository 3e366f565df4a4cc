/// What launchers are at: each open session, and each client's last question. When an answer changes they are told.
package struct WatchBook: Sendable, Equatable {
  /// What was asked about.
  package struct Subject: Sendable, Equatable {
    package var profile: String
    package var title: TitleFacts?
    package var app: String?

    package init(profile: String, title: TitleFacts?, app: String?) {
      (self.profile, self.title, self.app) = (profile, title, app)
    }
  }

  struct Watch: Sendable, Equatable {
    var subject: Subject
    /// The last answer that was given or announced.
    var answer: Decision
    /// Policy, ledger or a grant changed it since, though verdict and reasons may be the same.
    var isStale = false
  }

  enum Key: Hashable, Sendable, Comparable {
    /// A launcher's process.
    case client(UInt64)
    case session(String)
  }

  private(set) var watches: [Key: Watch] = [:]
  /// The clients that asked, the longest silent first.
  private var clients: [UInt64] = []

  var isEmpty: Bool { watches.isEmpty }

  /// A client's last question takes the place of the one before.
  mutating func asked(_ client: UInt64, _ subject: Subject, _ answer: Decision) {
    if let place = clients.firstIndex(of: client) { clients.remove(at: place) }
    clients.append(client)
    if clients.count > Limits.watchedClients { watches[.client(clients.removeFirst())] = nil }
    watches[.client(client)] = Watch(subject: subject, answer: answer)
  }

  mutating func set(_ key: Key, _ watch: Watch?) { watches[key] = watch }

  /// Keeps what is of the given profile alone.
  mutating func keep(profile: String?) {
    watches = watches.filter { $0.value.subject.profile == profile }
    clients.removeAll { watches[.client($0)] == nil }
  }

  /// Sessions that have ended are watched no more.
  mutating func keep(sessions: Set<String>) {
    watches = watches.filter { key, _ in
      if case .session(let id) = key { sessions.contains(id) } else { true }
    }
  }
}
