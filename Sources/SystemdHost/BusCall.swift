internal import AgentCore
package import LocalAPI

/// A method call that waits for its answer, which is given once, now or later.
///
/// Confined to the loop's thread. A client that has gone makes the answer a no-op; a call that is dropped unanswered
/// is answered with `Agent1.ErrorName.unavailable`.
package final class BusCall {
  package let caller: BusCaller
  package let interface: String
  package let member: String
  package let arguments: [BusValue]

  private let message: BusMessage
  private let results: [String]
  private weak var connection: BusConnection?
  private var isAnswered = false

  init(
    message: BusMessage, connection: BusConnection, interface: String, method: BusInterface.Method,
    arguments: [BusValue]
  ) {
    self.message = message
    self.connection = connection
    self.caller = connection.caller
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
    guard let connection = takeAnswer() else { return }
    guard results.map(\.signature) == self.results else {
      return sendError(Agent1.ErrorName.unavailable, "the answer is not as declared", to: connection)
    }
    do {
      let answer = try BusMessage.answer(to: message)
      try BusMarshalling.append(results, to: answer)
      try connection.send(answer, bytes: BusMarshalling.size(of: results))
    } catch {
      sendError(Agent1.ErrorName.limit, "the answer cannot be sent: \(error)", to: connection)
    }
  }

  /// Answers with a D-Bus error: `name` of `Agent1.ErrorName`, `message` one line to read.
  package func fail(name: String, message: String) {
    guard let connection = takeAnswer() else { return }
    sendError(name, message, to: connection)
  }

  private func takeAnswer() -> BusConnection? {
    precondition(!isAnswered, "a call is answered once")
    isAnswered = true
    guard let connection else { return nil }
    connection.callEnded()
    return connection.isOpen ? connection : nil
  }

  private func sendError(_ name: String, _ text: String, to connection: BusConnection) {
    connection.refuse(message, name: name, text)
  }
}
