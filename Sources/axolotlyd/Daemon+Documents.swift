import AgentCore
import LocalAPI
import SystemdHost

// The agent's state as the documents of the local bus.
extension Daemon {
  var statusDocument: StatusDocument {
    let moment = now
    guard let agent else { return Self.starting(upstream: configuration.upstream) }
    let identity = agent.pairing.identity
    var code: DeviceAuthorization?
    if case .showingCode(let shown) = agent.pairing.state { code = shown.authorization }
    return StatusDocument(
      agent: AgentVersion.text, paired: identity != nil, online: agent.held.isOnline, pairing: agent.pairing.name,
      userCode: code?.userCode, verificationURI: code?.verificationURI, device: identity?.device,
      family: identity?.family, upstream: identity?.endpoints.first ?? configuration.upstream,
      heardSecondsAgo: agent.held.lastHeard.map { (moment.boot - $0).wholeSeconds },
      policy: agent.policy.active.map {
        .init(
          version: $0.version, appliedAt: $0.appliedAt.description,
          ageSeconds: agent.policy.ageSeconds(at: moment.boot))
      },
      refused: agent.policy.refused.map {
        .init(version: $0.version ?? 0, reason: $0.reason.rawValue, path: $0.path)
      },
      activeProfile: agent.activeProfile,
      shelves: agent.shelves.map {
        .init(
          shelf: $0.shelf.text, wantedVersion: $0.wanted, version: $0.applied?.version, titles: $0.applied?.titles)
      },
      outbox: .init(epoch: agent.outbox.epoch, next: agent.outbox.next, depth: agent.outbox.depth),
      sessions: agent.sessions.open.map {
        .init(
          id: $0.id, profile: $0.profile, title: $0.title?.reference.text, app: $0.app,
          state: $0.isPlaying ? "playing" : "paused", playedSeconds: $0.playedSeconds)
      },
      health: agent.health.items.map {
        .init(
          code: $0.code.rawValue, severity: $0.severity.rawValue, since: $0.since.description,
          remedy: Remedy.of($0.code))
      },
      time: .init(
        now: agent.time(at: moment).description, trusted: agent.clock.source != .none,
        reason: agent.clock.source.rawValue))
  }

  private static func starting(upstream: String) -> StatusDocument {
    StatusDocument(
      agent: AgentVersion.text, paired: false, online: false, pairing: "starting", userCode: nil, verificationURI: nil,
      device: nil, family: nil, upstream: upstream, heardSecondsAgo: nil, policy: nil, refused: nil, activeProfile: nil,
      shelves: [], outbox: .init(epoch: 1, next: 1, depth: 0), sessions: [], health: [],
      time: .init(now: "", trusted: false, reason: "starting"))
  }
}

extension ResolveDocument {
  init(profile: String, title: Title, _ resolution: Resolution) {
    self.init(
      profile: profile, title: title.reference.text, name: title.name, verdict: resolution.decision.verdict.rawValue,
      reasons: resolution.decision.reasons.map(\.rawValue), until: resolution.until?.description,
      targets: resolution.targets.map {
        .init(
          service: $0.locator.service, form: $0.locator.form.rawValue, id: $0.locator.id, type: $0.offer.type.rawValue,
          handler: $0.handler, app: $0.app, quality: $0.quality?.rawValue, fallback: $0.isFallback, argv: $0.argv)
      },
      leftOut: resolution.leftOut.map {
        .init(service: $0.offer.service, type: $0.offer.type.rawValue, link: $0.offer.link, reason: $0.reason.code)
      })
  }
}
