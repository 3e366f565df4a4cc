import AgentCore
import UpstreamCore

// The network between a box and the upstream: it delays, loses requests, loses answers.
extension Simulation {
  mutating func send(_ outgoing: OutgoingRequest, box: Int) {
    boxes[box].out.insert(outgoing.id)
    if outgoing.token != nil { boxes[box].privateRequests.append(now) }
    let isDown = networkIsDown[box] || (options.sabotage == .boxStaysBehind && faultsAreOver && box == 0)
    if isDown {
      let failures: [TransportFailure] = [.connect, .nameResolution, .tls("expired"), .captivePortal]
      let failure = failures.randomElement(using: &random) ?? .connect
      return fail(outgoing.id, failure, box: box, in: random.duration(upTo: .seconds(10)))
    }
    let fate = faultsAreOver ? 99 : Int.random(in: 0..<100, using: &random)
    if fate < 3 { return fail(outgoing.id, .interrupted, box: box, in: random.duration(upTo: .seconds(2))) }
    fail(outgoing.id, .timedOut, box: box, in: outgoing.timeout)
    schedule(.arrive(outgoing, answerIsLost: fate < 8), box: box, in: latency())
  }

  private mutating func latency() -> Duration { .milliseconds(2) + random.duration(upTo: .milliseconds(80)) }

  private mutating func fail(_ id: RequestID, _ failure: TransportFailure, box: Int, in delay: Duration) {
    schedule(.deliver(.failed(id, failure)), box: box, in: delay)
  }

  mutating func arrive(_ outgoing: OutgoingRequest, box: Int, answerIsLost: Bool) {
    guard boxes[box].out.contains(outgoing.id) else { return }
    let key = boxes[box].store.key
    let reply = upstream.arrive(
      outgoing, box: box, key: key, instance: "i-\(box)", lines: lines(outgoing.request, box: box), at: upstreamNow)
    if options.sabotage == .requestDoubled, case .request(var record) = outgoing.request {
      record.id += "-again"
      var again = outgoing
      again.request = .request(record)
      _ = upstream.arrive(again, box: box, key: key, instance: "i-\(box)", lines: [], at: upstreamNow)
    }
    if options.sabotage == .usageDoubled, let row = upstream.usage.last { upstream.usage.append(row) }
    settle(reply, request: outgoing.id, box: box, answerIsLost: answerIsLost)
  }

  private func lines(_ request: UpstreamRequest, box: Int) -> [UsageLine] {
    guard case .usage(_, let from, let maxEvents, _) = request else { return [] }
    return boxes[box].store.batch(from: from, maxEvents: maxEvents).map { event in
      let content: UsageLine.Content
      switch event.detail {
      case .sessionStarted(let session, let title, let app, let service, _):
        content = .sessionStarted(session: session, title: title, app: app, service: service)
      case .sessionProgress(let session, let days): content = .sessionProgress(session: session, days: days)
      case .sessionEnded(let session, let days, let reason):
        content = .sessionEnded(session: session, days: days, reason: reason)
      case .dropped(let from, _): content = .dropped(from: from)
      case .decisionDenied, .launch, .request, .policyApplied, .health: content = .other
      }
      return UsageLine(
        sequence: event.sequence, kind: event.kind, at: event.at, profile: event.profile, content: content, text: "")
    }
  }

  private mutating func settle(_ reply: SimulatedUpstream.Reply, request: RequestID, box: Int, answerIsLost: Bool) {
    switch reply {
    case .parked(let number, let until):
      let wait = max(0, until.milliseconds - upstreamNow.milliseconds)
      schedule(.recheck(number), box: box, in: .milliseconds(wait), anyLife: true)
    case .now(let content):
      if answerIsLost { return note("the answer to \(request.number) is lost") }
      answer(content, request: request, box: box)
    }
  }

  private mutating func answer(_ content: UpstreamAnswer.Content, request: RequestID, box: Int) {
    let answer = UpstreamAnswer(date: upstreamNow.wallTime, isAuthentic: true, content: content)
    schedule(.deliver(.answered(request, answer)), box: box, in: latency())
  }

  mutating func recheck(_ number: HoldNumber) {
    guard let (hold, reply) = upstream.recheck(number, at: upstreamNow) else { return }
    settle(reply, request: hold.request, box: hold.box, answerIsLost: networkIsDown[hold.box])
  }

  /// Families that were announced: their holds look again.
  mutating func wakeHolds() {
    while !upstream.woken.isEmpty {
      let families = upstream.woken
      upstream.woken = []
      let numbers = upstream.holds.values.filter { families.contains($0.family) }.map(\.number).sorted()
      for number in numbers {
        guard let (hold, reply) = upstream.recheck(number, at: upstreamNow) else { continue }
        if case .now = reply {
          settle(reply, request: hold.request, box: hold.box, answerIsLost: networkIsDown[hold.box])
        }
      }
    }
  }
}
