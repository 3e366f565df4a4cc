package import LocalAPI

/// A method call that waits for its answer, which is given once, now or later.
///
/// Confined to the loop's thread. A caller that has gone makes the answer a no-op; a call that is dropped unanswered
/// is answered with `Agent1.ErrorName.unavailable`.
package final class BusCall {
  package let caller: BusCaller
  package let interface: String
  package let member: String
  package let arguments: [BusValue]

  private let message: BusMessage
  private let results: [String]
  private weak var peer: (any BusPeer)?
  private weak var service: BusService?
  private var isAnswered = false

  init(
    message: BusMessage, caller: BusCaller, peer: any BusPeer, service: BusService, interface: String,
    method: BusInterface.Method, arguments: [BusValue]
  ) {
    self.message = message
    self.caller = caller
    self.peer = peer
    self.service = service
    self.interface = interface
    self.member = method.name
    self.results = method.results.map(\.signature)
    self.arguments = arguments
  }

  deinit {
    if !isAnswered { fail(name: Agent1.ErrorName.unavailable, message: "the call ended without an answer") }
  }

  /// Answers with the method's results. Results other than declared, or over the message size, become an error.
  package func reply(_ results: [BusValue]) {
    guard let peer = takeAnswer() else { return }
    guard results.map(\.signature) == self.results else {
      return peer.refuse(message, name: Agent1.ErrorName.unavailable, "the answer is not as declared")
    }
    do {
      let answer = try BusMessage.answer(to: message)
      try BusMarshalling.append(results, to: answer)
      try peer.send(answer, bytes: BusMarshalling.size(of: results))
    } catch {
      peer.refuse(message, name: Agent1.ErrorName.limit, "the answer cannot be sent: \(error)")
    }
  }

  /// Answers with a D-Bus error: `name` of `Agent1.ErrorName`, `message` one line to read.
  package func fail(name: String, message text: String) {
    takeAnswer()?.refuse(message, name: name, text)
  }

  private func takeAnswer() -> (any BusPeer)? {
    precondition(!isAnswered, "a call is answered once")
    isAnswered = true
    service?.callEnded(of: caller, from: peer)
    guard let peer, peer.isOpen else { return nil }
    return peer
  }
}
