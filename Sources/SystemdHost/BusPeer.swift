/// Where a call's answer goes: a client of the private socket, or the broker that forwards it to the caller.
protocol BusPeer: AnyObject {
  var isOpen: Bool { get }

  /// Sends an answer or a signal whose values take `bytes`.
  func send(_ message: BusMessage, bytes: Int) throws

  /// A call begins to wait for its answer; false where too many do. It ends with `callEnded`.
  func callBegins() -> Bool
  func callEnded()
}

extension BusPeer {
  /// Answers a call with an error. A connection that cannot even carry that is closing.
  func refuse(_ message: BusMessage, name: String, _ text: String) {
    let text = String(text.prefix(BusBacklog.errorCharacters))
    guard let answer = try? BusMessage.error(to: message, name: name, text: text) else { return }
    try? send(answer, bytes: name.utf8.count + text.utf8.count)
  }
}
