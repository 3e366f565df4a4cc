import AgentCore
import ArgumentParser
import SystemdHost

/// From a parent's change at the upstream to the box's new answer, by CLOCK_MONOTONIC.
///
/// A box may make ten requests at once and ten a minute after that (`RequestBudget`), and each change costs it one to
/// ask for the heads again. Faster changes would measure that budget, not the enforcement; so the changes go round
/// several boxes, each of a family of its own, and a box gets its next one when it has earned that request. Before each
/// change all boxes have to hold their request at the upstream.
struct ChangeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "changes", abstract: "Measure from a change at the upstream to the box's decision.")
  @Option(help: "The upstream's address.") var upstream: String
  @Option(help: "The file with the administration's token.") var tokenFile: String
  @Option(help: "A box as FAMILY=SOCKET; may be repeated.") var box: [String]
  @Option(help: "The title that is blocked and unblocked.") var title: String
  @Option(help: "The profile that it is blocked for.") var profile: String
  @Option(help: "How many changes.") var changes = 200
  @Option(help: "A file that does not exist yet, on the disk of the boxes.") var scratch: String

  private static let tokenBytes = 4_096
  /// How often a box gets a change: what a request takes to be earned, and a little more.
  private static let boxInterval = RequestBudget.refillInterval + .milliseconds(500)
  private static let holdPatience = Duration.seconds(60)
  private static let pollStep = Duration.milliseconds(20)
  private static let answerStep = Duration.microseconds(200)
  private static let enforcementPatience = Duration.seconds(20)

  func validate() throws {
    guard (1...10_000).contains(changes) else { throw ValidationError("--changes has to be from 1 to 10000") }
    guard box.allSatisfy({ $0.contains("=") }), !box.isEmpty else {
      throw ValidationError("--box has to be FAMILY=SOCKET")
    }
  }

  /// What the changes took, and what their parts take on this machine, measured right before each change.
  private struct Measured {
    var sinceSent = Samples()
    /// From sending to the parent's answer, which is the upstream's part.
    var answers = Samples()
    /// From the moment at which the parent's app has its answer.
    var sinceAnswered = Samples()
    var requests = Samples()
    var commits = Samples()
    var pings = Samples()
    /// Changes that waited until every box held its request again.
    var deferred = 0
  }

  func run() throws {
    guard let token = try ReadFile.bytes(tokenFile, limit: Self.tokenBytes) else {
      throw BenchError("there is no token file \(tokenFile)")
    }
    let text = String(decoding: token, as: UTF8.self).filter { !$0.isWhitespace }
    let admin = try AdminConnection(base: upstream, token: text)
    defer { admin.stop() }
    let families = try box.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      return (family: parts[0], box: try Box(socket: parts[parts.count - 1]))
    }
    let commits = try DurableCommits(path: scratch)
    var measured = Measured()
    var due = SystemClocks.boot()
    for number in 0..<changes {
      let (family, box) = families[number % families.count]
      try box.passOverSignals(until: due)
      try measured.commits.measure { try commits.commit() }
      try awaitHolds(families.count, admin, box, &measured)
      try measured.pings.measure { try box.ping() }
      due = max(due, SystemClocks.boot()) + Self.boxInterval / families.count
      let blocks = (number / families.count).isMultiple(of: 2)
      try change(family, box, blocks: blocks, admin, &measured)
    }
    try report(measured)
  }

  private func change(
    _ family: String, _ box: Box, blocks: Bool, _ admin: AdminConnection, _ measured: inout Measured
  ) throws {
    try box.passOverSignals()
    let edit = #"{"edit":"\#(blocks ? "block" : "unblock")","profile":"\#(profile)","title":"\#(title)"}"#
    let sent = SuspendingClock.now
    let pending = admin.post("families/\(family)/policy/edits", body: edit)
    try box.awaitSignal("PolicyChanged", within: Self.enforcementPatience) { _ in true }
    let verdict = try box.decide(title)
    let decided = SuspendingClock.now
    guard (verdict == "deny") == blocks else {
      throw BenchError("\(title) is \(verdict) after it was \(blocks ? "blocked" : "unblocked")")
    }
    let answered = try answer(to: pending, box).at
    measured.sinceSent.add(decided - sent)
    measured.answers.add(answered - sent)
    measured.sinceAnswered.add(max(.zero, decided - answered))
  }

  // MARK: Waiting

  /// Waits until all boxes hold their request.
  private func awaitHolds(_ count: Int, _ admin: AdminConnection, _ box: Box, _ measured: inout Measured) throws {
    let deadline = SystemClocks.boot() + Self.holdPatience
    for attempt in 0... {
      let sent = SuspendingClock.now
      let answer = try answer(to: admin.get("holds"), box)
      if String(decoding: answer.body, as: UTF8.self).filter({ !$0.isWhitespace }) == #"{"held":\#(count)}"# {
        measured.requests.add(answer.at - sent)
        if attempt > 0 { measured.deferred += 1 }
        return
      }
      guard SystemClocks.boot() < deadline else { break }
      try box.passOverSignals(until: SystemClocks.boot() + Self.pollStep)
    }
    throw BenchError("\(count) boxes did not hold their request within \(Self.holdPatience)")
  }

  private func answer(to pending: PendingAnswer, _ box: Box) throws -> PendingAnswer.Answer {
    while true {
      if let answer = try pending.take() { return answer }
      try box.passOverSignals(until: SystemClocks.boot() + Self.answerStep)
    }
  }

  private func report(_ measured: Measured) throws {
    let note =
      "\(changes) changes on \(box.count) boxes, each with the replica in place and its request held; "
      + "\(measured.deferred) waited until all were held again"
    for (percent, reach) in [(50, "≤ 3 ms"), (99, "≤ 8 ms")] {
      let box = measured.commits.percentile(percent) + measured.pings.percentile(percent)
      let whole = measured.requests.percentile(percent) + measured.commits.percentile(percent) + box
      try Figure(
        "change_answered_p\(percent)", "change to decision, from the parent's answer, p\(percent)",
        measured.sinceAnswered.percentile(percent), "ms",
        limit: (box, "a durable commit and an empty method, p\(percent) each"), reach: reach, note: note
      ).write()
      try Figure(
        "change_sent_p\(percent)", "change to decision, from sending, p\(percent)",
        measured.sinceSent.percentile(percent), "ms",
        limit: (whole, "a request, two durable commits, an empty method, p\(percent) each"), reach: reach, note: note
      ).write()
    }
    try Figure(
      "change_upstream_p50", "of it from sending to the parent's answer, p50", measured.answers.median, "ms",
      limit: (measured.requests.median + measured.commits.median, "a request and a durable commit, p50 each"),
      note: note
    ).write()
  }
}
