/// The agent's place on the bus (design, The local bus).
package enum Agent1 {
  package static let busName = "com.axolotly.Agent1"
  package static let objectPath = "/com/axolotly/Agent1"
  package static let defaultSocket = "/run/axolotly/bus"

  /// For launchers: group `axolotly`. An empty profile is the active one; an empty title or app is none.
  ///
  /// `decision` and `document` are one JSON document, the same that `axolotlyctl --json` prints.
  package static let launcher = BusInterface(
    name: "com.axolotly.Launcher1",
    methods: [
      .init("Profiles", returns: [.init("profiles", "a(sssb)"), .init("active", "s")]),
      .init("SelectProfile", [.init("profile", "s"), .init("pin", "s")]),
      .init(
        "Decide", [.init("profile", "s"), .init("title", "s"), .init("app", "s")],
        returns: [.init("verdict", "s"), .init("reasons", "as"), .init("until", "s"), .init("remaining_s", "x")]),
      .init(
        "Explain", [.init("profile", "s"), .init("title", "s"), .init("app", "s"), .init("at", "s")],
        returns: [.init("document", "s")]),
      .init("Resolve", [.init("profile", "s"), .init("title", "s")], returns: [.init("document", "s")]),
      .init(
        "Browse",
        [.init("profile", "s"), .init("kind", "s"), .init("genre", "s"), .init("offset", "u"), .init("limit", "u")],
        returns: [.init("document", "s")]),
      .init(
        "BeginSession", [.init("profile", "s"), .init("title", "s"), .init("app", "s"), .init("service", "s")],
        returns: [.init("session", "s"), .init("remaining_s", "x")]),
      .init(
        "Launch", [.init("profile", "s"), .init("title", "s"), .init("app", "s")],
        returns: [.init("session", "s"), .init("remaining_s", "x")]),
      .init("Playing", [.init("session", "s")], returns: [.init("remaining_s", "x")]),
      .init("Paused", [.init("session", "s")]),
      .init("EndSession", [.init("session", "s")], returns: [.init("played_s", "x")]),
      .init("Standby", [.init("begins", "b")]),
      .init("RequestTitle", [.init("profile", "s"), .init("title", "s")], returns: [.init("request", "s")]),
      .init("RequestTime", [.init("profile", "s"), .init("minutes", "u")], returns: [.init("request", "s")]),
    ],
    properties: [],
    signals: [
      .init("PolicyChanged", [.init("version", "t")]),
      .init("CatalogueChanged", [.init("shelf", "s"), .init("version", "t"), .init("titles", "t")]),
      .init("ProfileChanged", [.init("profile", "s")]),
      .init("SessionWarning", [.init("session", "s"), .init("remaining_s", "x")]),
      .init(
        "SessionEnded",
        [
          .init("session", "s"), .init("reason", "s"), .init("verdict", "s"), .init("reasons", "as"),
          .init("until", "s"),
        ]),
      .init(
        "DecisionChanged",
        [
          .init("profile", "s"), .init("title", "s"), .init("app", "s"), .init("verdict", "s"), .init("reasons", "as"),
          .init("until", "s"), .init("remaining_s", "x"),
        ]),
      .init("RequestAnswered", [.init("request", "s"), .init("granted", "b")]),
    ])

  /// For technicians: root and group `axolotly-admin`.
  package static let device = BusInterface(
    name: "com.axolotly.Device1",
    methods: [
      .init(
        "Pair",
        returns: [
          .init("user_code", "s"), .init("verification_uri", "s"), .init("verification_uri_complete", "s"),
          .init("expires_in_s", "u"),
        ]),
      .init("PairWithCode", [.init("code", "s")], returns: [.init("device", "s"), .init("family", "s")]),
      .init("CancelPairing"),
      .init("Unpair", [.init("profile", "s"), .init("pin", "s")]),
      .init("Status", returns: [.init("document", "s")]),
      .init("Sync"),
      .init("UsageLog", [.init("limit", "u")], returns: [.init("lines", "as")]),
      .init("PolicyDocument", returns: [.init("document", "s")]),
      .init("Requests", returns: [.init("document", "s")]),
    ],
    properties: [.init("Paired", "b"), .init("Online", "b"), .init("PolicyVersion", "t")],
    signals: [
      .init("PairingStateChanged", [.init("state", "s"), .init("detail", "s")]),
      .init("StatusChanged", []),
    ])

  /// Names of the errors that a call may end with.
  package enum ErrorName {
    package static let accessDenied = "org.freedesktop.DBus.Error.AccessDenied"
    package static let invalidArguments = "org.freedesktop.DBus.Error.InvalidArgs"
    package static let notPaired = "com.axolotly.Error.NotPaired"
    package static let noPolicy = "com.axolotly.Error.NoPolicy"
    package static let noActiveProfile = "com.axolotly.Error.NoActiveProfile"
    package static let unknownProfile = "com.axolotly.Error.UnknownProfile"
    package static let unknownTitle = "com.axolotly.Error.UnknownTitle"
    package static let unknownSession = "com.axolotly.Error.UnknownSession"
    package static let wrongPIN = "com.axolotly.Error.WrongPIN"
    /// Too many were wrong: none is verified now; the message says for how many seconds.
    package static let pinLocked = "com.axolotly.Error.PINLocked"
    package static let denied = "com.axolotly.Error.Denied"
    /// Nothing on this box opens the title or the app.
    package static let noHandler = "com.axolotly.Error.NoHandler"
    /// What was tried did not start.
    package static let launchFailed = "com.axolotly.Error.LaunchFailed"
    package static let alreadyPaired = "com.axolotly.Error.AlreadyPaired"
    package static let pairingFailed = "com.axolotly.Error.PairingFailed"
    package static let storage = "com.axolotly.Error.Storage"
    /// One of the caller's limits, or a limit of the box, is reached; the message names it.
    package static let limit = "org.freedesktop.DBus.Error.LimitsExceeded"
    package static let unavailable = "com.axolotly.Error.Unavailable"
  }
}
