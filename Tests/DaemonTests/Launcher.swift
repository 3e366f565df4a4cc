import AgentCore
import FoundationEssentials
import LocalAPI
import SystemdHost

/// A connection to a box's bus, with the questions that the tests ask.
final class Launcher {
  let client: BusClient
  private let box: Box

  init(_ client: BusClient, of box: Box) { (self.client, self.box) = (client, box) }

  // MARK: Calls

  func launcher(_ member: String, _ arguments: [BusValue] = [], until deadline: Moment = .soon) throws -> [BusValue] {
    try call(Agent1.launcher.name, member, arguments, until: deadline)
  }

  func device(_ member: String, _ arguments: [BusValue] = [], until deadline: Moment = .soon) throws -> [BusValue] {
    try call(Agent1.device.name, member, arguments, until: deadline)
  }

  private func call(_ interface: String, _ member: String, _ arguments: [BusValue], until deadline: Moment) throws
    -> [BusValue]
  {
    let left = deadline - .now
    guard left > .zero else { throw TestFailure("\(member) comes too late", log: box.log) }
    return try client.call(interface: interface, member: member, arguments: arguments, timeout: left)
  }

  /// The name of the error that a call ends with; nil where it succeeds.
  func errorName(_ body: () throws -> [BusValue]) throws -> String? {
    do {
      _ = try body()
      return nil
    } catch let error as BusCallError { return error.name }
  }

  func status() throws -> StatusDocument {
    guard case .string(let text)? = try device("Status").first else { throw TestFailure("Status is a document") }
    return try JSONDecoder().decode(StatusDocument.self, from: Data(text.utf8))
  }

  func isPaired() throws -> Bool {
    try client.property(interface: Agent1.device.name, name: "Paired", timeout: Moment.patience) == .boolean(true)
  }

  struct Verdict: Equatable {
    var verdict: String
    var reasons: [String]
  }

  func decide(_ title: String, profile: String = "") throws -> Verdict {
    let answer = try launcher("Decide", [.string(profile), .string(title), .string("")])
    guard answer.count == 4, case .string(let verdict) = answer[0], case .array(_, let reasons) = answer[1] else {
      throw TestFailure("Decide answers as declared: \(answer)")
    }
    return Verdict(verdict: verdict, reasons: reasons.compactMap(\.text))
  }

  func resolve(_ title: String) throws -> ResolveDocument {
    guard case .string(let text)? = try launcher("Resolve", [.string(""), .string(title)]).first else {
      throw TestFailure("Resolve answers a document")
    }
    return try JSONDecoder().decode(ResolveDocument.self, from: Data(text.utf8))
  }

  /// Pairs by a code that a parent made; returns the device's id.
  @discardableResult
  func pair(code: String) throws -> String {
    try device("PairWithCode", [.string(code)]).first?.text ?? ""
  }

  func beginSession(_ title: String, profile: String = "", until deadline: Moment = .soon) throws -> String {
    let answer = try launcher(
      "BeginSession", [.string(profile), .string(title), .string(""), .string("")], until: deadline)
    return answer.first?.text ?? ""
  }

  func endSession(_ id: String, until deadline: Moment = .soon) throws -> Int64 {
    guard case .int64(let seconds)? = try launcher("EndSession", [.string(id)], until: deadline).first else {
      throw TestFailure("EndSession answers seconds")
    }
    return seconds
  }

  // MARK: Waiting

  /// The next signal of that name; what comes before it is passed over.
  func signal(_ name: String, until deadline: Moment = .soon, where isWanted: ([BusValue]) -> Bool = { _ in true })
    throws
    -> [BusValue]
  {
    while let signal = try client.nextSignal(until: deadline) {
      if signal.name == name, isWanted(signal.arguments) { return signal.arguments }
    }
    throw TestFailure("the signal \(name) was awaited", log: box.log)
  }

  /// Asks after each signal, and now and then, until the answer is the wanted one.
  func wait(for what: String, until deadline: Moment = .soon, _ isSo: () throws -> Bool) throws {
    while try !isSo() {
      let now = Moment.now
      guard now < deadline else { throw TestFailure("awaited: \(what)", log: box.log) }
      _ = try client.nextSignal(until: min(deadline, now + Self.questionInterval))
    }
  }

  private static let questionInterval = Duration.milliseconds(100)

  /// Waits until Status is as wanted.
  func wait(for what: String, status isSo: (StatusDocument) -> Bool) throws {
    try wait(for: what) { isSo(try status()) }
  }
}

extension StatusDocument {
  /// Whether there are shelves and all are here as the heads name them.
  var isReplicaWhole: Bool { !shelves.isEmpty && shelves.allSatisfy { $0.version == $0.wantedVersion } }
}

extension BusValue {
  /// A string's text; nil for another value.
  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// An unsigned number's value; nil for another value.
  var number: UInt64? {
    guard case .uint64(let number) = self else { return nil }
    return number
  }
}
