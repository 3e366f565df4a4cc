// A child asks, a parent answers (`spec/wire.md` §6).
extension Agent {
  /// Always open, whatever the verdict: a child outside its hours can still ask.
  mutating func commandRequest(_ id: CommandID, _ profile: String, _ asks: RequestRecord.Asks, at now: Now) {
    if let refusal = readiness { return effects.append(.reply(id, .refused(refusal))) }
    guard let policy = policy.active?.compiled.policy, policy.profiles.contains(where: { $0.id == profile }) else {
      return effects.append(.reply(id, .refused(.unknownProfile)))
    }
    let isTaken =
      switch asks {
      case .title: policy.requests.titles
      case .time: policy.requests.time
      }
    guard isTaken else { return effects.append(.reply(id, .refused(.requestsNotTaken))) }
    if let open = childRequests.open(profile, asks) { return effects.append(.reply(id, .requested(open.id))) }
    guard childRequests.openCount(profile) < Limits.openRequests else {
      return effects.append(.reply(id, .refused(.tooManyRequests(limit: Limits.openRequests))))
    }
    let record = RequestRecord(id: random.hex(16), profile: profile, asks: asks, at: wall(now))
    childRequests.add(record)
    self.record(
      [.request(request: record.id, asks: asks)], profile: profile, at: now, with: [.request(record)],
      then: .requested(id, request: record.id))
    outbox.due(at: now.boot + random.duration(upTo: Outbox.eventDelay))
  }

  mutating func turnRequests(at now: Now, next: inout Deadline) {
    guard childRequests.out == nil, let record = childRequests.next, !health.contains(.clone),
      let bearer = token.text, unpairing == nil
    else { return }
    let wanted = childRequests.notBefore ?? now.boot
    let at = max(wanted, floor(of: .request) ?? wanted)
    if at > now.boot { return next.at(at) }
    if let free = budget.take(at: now.boot, isUrgent: true) { return next.at(free) }
    childRequests.started(send(.request(record), for: .request, token: bearer), record)
  }

  /// The upstream has it: 201, or 200 for the same again.
  mutating func handleRequestTaken(at now: Now) {
    childRequests.backoff.succeeded(at: now.boot)
    childRequests.notBefore = nil
    guard let sent = childRequests.ended(), let record = childRequests.update(sent.id, { $0.isSent = true }) else {
      return
    }
    persist([.request(record)])
  }

  mutating func requestFailed(floor: Moment?, at now: Now) {
    _ = childRequests.ended()
    let at = now.boot + childRequests.backoff.failed(at: now.boot, using: &random)
    childRequests.notBefore = max(at, floor ?? at)
  }

  mutating func requestProblem(_ problem: UpstreamAnswer.Problem, floor: Moment?, at now: Now) {
    guard problem.status == 409, problem.name == "conflict" else {
      if problem.status == 401 {
        _ = childRequests.ended()
        return
      }
      return requestFailed(floor: floor, at: now)
    }
    // The upstream has another request under this number: this one can never be answered.
    guard let lost = childRequests.ended() else { return }
    log(.error, "a request's number is another's", .init("request", lost.id))
    childRequests.remove(lost.id)
    persist([.requestGone(id: lost.id)])
  }

  /// Answers stand in the heads for a day: each is announced once, and not before what was granted is in force.
  mutating func turnAnswers(at now: Now) {
    guard !unheardAnswers.isEmpty, policy.saving == nil, policy.fetch == .notNeeded else { return }
    defer { unheardAnswers = [] }
    for answer in unheardAnswers {
      guard let known = childRequests.records.first(where: { $0.id == answer.request }), known.answer == nil,
        let record = childRequests.update(
          known.id,
          {
            $0.isSent = true
            $0.answer = .init(isGranted: answer.granted, at: answer.at)
          })
      else { continue }
      persist([.request(record)])
      effects.append(.signal(.requestAnswered(request: record.id, isGranted: answer.granted)))
    }
  }

  mutating func expireRequests(at now: Now) {
    let gone = childRequests.expire(before: wall(now) + -RequestBook.keptSeconds)
    if !gone.isEmpty { persist(gone.map { .requestGone(id: $0.id) }) }
  }
}
