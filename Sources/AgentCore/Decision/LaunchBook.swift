/// The apps that the agent started, from the order to the end (design, Launching without rights).
///
/// An app belongs to one session and is named by that session's id. An app that runs without an open session is stopped.
package struct LaunchBook: Sendable, Equatable {
  /// One way to start it: a handler's argv for a target.
  package struct Plan: Sendable, Equatable {
    package var handler: String
    /// The app that the policy counts.
    package var app: String
    package var service: String?
    /// Form and id of the link, as usage names it; nil for an app that is started for itself.
    package var form: String?
    package var linkID: String?
    /// The program and its arguments; no shell reads them.
    package var argv: [String]
    /// A directory of the handler's own for the profile, which has to be there; nil where the argv names none.
    package var directory: String?

    package init(
      handler: String, app: String, service: String? = nil, form: String? = nil, linkID: String? = nil,
      argv: [String], directory: String? = nil
    ) {
      self.handler = handler
      self.app = app
      self.service = service
      self.form = form
      self.linkID = linkID
      self.argv = argv
      self.directory = directory
    }
  }

  /// What a launcher asked for, with the ways to start it, best first.
  package struct Order: Sendable, Equatable {
    package var profile: String
    package var title: TitleFacts?
    package var plans: [Plan]
    package var owner: UInt32

    package init(profile: String, title: TitleFacts?, plans: [Plan], owner: UInt32) {
      (self.profile, self.title, self.plans, self.owner) = (profile, title, plans, owner)
    }
  }

  /// An order whose app has not been heard of yet.
  package struct Starting: Sendable, Equatable {
    package internal(set) var order: Order
    /// The first of the order's plans is under way, the others follow where it fails.
    var command: CommandID?
    var cause = ""
    /// Unless the app is heard of before, this target has failed.
    var startBy: Moment
  }

  /// How an app ended.
  package enum End: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// The connection broke without a word: whatever watched over the app is gone, and the app with it.
    case vanished

    var isError: Bool { self != .exited(0) }
  }

  /// Why an app did not start.
  package enum StartFailure: Error, Sendable, Equatable {
    /// Nothing can be launched on this box; a person has to mend it.
    case unavailable(String)
    /// This program cannot be run.
    case notStarted(String)
  }

  /// An app that ends with an error within this time has failed (`spec/links.md` §3).
  package static let failureLimit = Duration.seconds(5)

  /// From the order to the word that the app runs; a busy box takes seconds to start a unit.
  package static let startLimit = Duration.seconds(10)

  /// By session.
  package internal(set) var starting: [String: Starting] = [:]
}

/// What the journal keeps of a session's app, so that a restart of the agent takes it up again.
package struct LaunchRecord: Sendable, Equatable, Codable {
  package var handler: String
  package var service: String?
  package var form: String?
  package var linkID: String?
  /// 8 hex digits of the boot in which it started; play time means nothing in another.
  package var boot: String
  /// Up to where its time was counted, nanoseconds of play time.
  package var countedToNanoseconds: Int64
  package var isPlaying: Bool
  /// When it started, nanoseconds since boot; nil once its outcome has been reported.
  package var startedAtNanoseconds: Int64?
}

/// An app that lived on while the agent was away.
package struct RunningApp: Sendable, Equatable {
  package var session: String
  /// The facts of its title as the replica has them now.
  package var title: TitleFacts?
  package init(session: String, title: TitleFacts?) { (self.session, self.title) = (session, title) }
}
