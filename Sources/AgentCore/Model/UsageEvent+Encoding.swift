extension UsageEvent: Encodable {
  private enum Key: String, CodingKey {
    case seq, kind, at, up_s, boot, profile
    case session, title, app, service, policy, days, reason, reasons, count, version, after_ms, from, counts, code,
      state, form, id, handler, outcome, request, asks
  }

  /// The `kind` of the line.
  package var kind: String {
    switch detail {
    case .sessionStarted: "session_started"
    case .sessionProgress: "session_progress"
    case .sessionEnded: "session_ended"
    case .decisionDenied: "decision_denied"
    case .launch: "launch"
    case .request: "request"
    case .policyApplied: "policy_applied"
    case .dropped: "dropped"
    case .health: "health"
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: Key.self)
    try line.encode(sequence, forKey: .seq)
    try line.encode(kind, forKey: .kind)
    try line.encode(at, forKey: .at)
    try line.encode(Double(upTenths) / 10, forKey: .up_s)
    try line.encode(boot, forKey: .boot)
    try line.encode(profile, forKey: .profile)
    switch detail {
    case .sessionStarted(let session, let title, let app, let service, let policy):
      try line.encode(session, forKey: .session)
      try line.encode(title, forKey: .title)
      try line.encode(app, forKey: .app)
      try line.encode(service, forKey: .service)
      try line.encode(policy, forKey: .policy)
    case .sessionProgress(let session, let days):
      try line.encode(session, forKey: .session)
      try line.encode(days, forKey: .days)
    case .sessionEnded(let session, let days, let reason):
      try line.encode(session, forKey: .session)
      try line.encode(days, forKey: .days)
      try line.encode(reason, forKey: .reason)
    case .decisionDenied(let title, let app, let reasons, let count):
      try line.encode(title, forKey: .title)
      try line.encode(app, forKey: .app)
      try line.encode(reasons, forKey: .reasons)
      try line.encode(count, forKey: .count)
    case .launch(let title, let service, let form, let id, let handler, let outcome):
      try line.encode(title, forKey: .title)
      try line.encode(service, forKey: .service)
      try line.encode(form, forKey: .form)
      try line.encode(id, forKey: .id)
      try line.encode(handler, forKey: .handler)
      try line.encode(outcome, forKey: .outcome)
    case .request(let request, let asks):
      try line.encode(request, forKey: .request)
      try line.encode(asks.name, forKey: .asks)
    case .policyApplied(let version, let afterMilliseconds):
      try line.encode(version, forKey: .version)
      try line.encode(afterMilliseconds, forKey: .after_ms)
    case .dropped(let from, let counts):
      try line.encode(from, forKey: .from)
      try line.encode(counts, forKey: .counts)
    case .health(let code, let raised):
      try line.encode(code, forKey: .code)
      try line.encode(raised ? "raised" : "cleared", forKey: .state)
    }
  }
}
