package import AgentCore
package import LocalAPI

/// The agent's object as every bus shows it: its interfaces, its answers, and the limits of its callers.
///
/// `BusServer` shows it on the private socket, `SystemBus` on the system bus. Confined to the loop's thread.
package final class BusService {
  /// What the daemon says of callers.
  package struct Access {
    /// Who may hear signals.
    package var mayHear: (BusCaller) -> Bool
    /// Who may read the properties of an interface.
    package var mayRead: (_ caller: BusCaller, _ interface: String) -> Bool
    /// Users without a limit of calls.
    package var unlimitedUsers: Set<UInt32>

    package init(
      unlimitedUsers: Set<UInt32>, mayHear: @escaping (BusCaller) -> Bool,
      mayRead: @escaping (_ caller: BusCaller, _ interface: String) -> Bool
    ) {
      (self.unlimitedUsers, self.mayHear, self.mayRead) = (unlimitedUsers, mayHear, mayRead)
    }
  }

  let objectPath: String
  let objects: [BusObject]
  let access: Access
  let log: Log
  private let property: (_ interface: String, _ name: String) -> BusValue
  private let handler: (BusCall) -> Void
  private let clock: () -> Moment
  private var callers: CallerBook

  /// - Parameters:
  ///   - clock: by which the rate of calls is measured.
  ///   - property: the value of a property of one of `interfaces`, of the declared signature.
  ///   - handler: receives every method call, its arguments checked against the signature.
  package init(
    objectPath: String, interfaces: [BusInterface], access: Access, log: Log,
    clock: @escaping () -> Moment = SystemClocks.boot,
    property: @escaping (_ interface: String, _ name: String) -> BusValue, handler: @escaping (BusCall) -> Void
  ) {
    self.objectPath = objectPath
    self.objects = interfaces.map(BusObject.init)
    self.access = access
    self.log = log
    self.clock = clock
    self.property = property
    self.handler = handler
    callers = CallerBook(exempt: access.unlimitedUsers)
  }

  // MARK: Calls

  /// Counts a message of a caller; one over its rate is refused, and false is returned.
  func admit(_ message: BusMessage, of caller: BusCaller, from peer: any BusPeer) -> Bool {
    guard let refusal = callers.take(caller.uid, at: clock()) else { return true }
    peer.refuse(message, name: Agent1.ErrorName.limit, refusal.line)
    return false
  }

  /// Counts a connection of a caller like a message; false: its user makes too many.
  func admitConnection(of caller: BusCaller) -> Bool { callers.take(caller.uid, at: clock()) == nil }

  /// Hands a call of one of the interfaces on; its member and signature are checked.
  func receive(_ message: BusMessage, of caller: BusCaller, from peer: any BusPeer) {
    guard let (interface, method) = method(named: message.member ?? "", in: message.interface) else {
      return peer.refuse(message, name: Agent1.ErrorName.unavailable, "the agent has no such method")
    }
    guard peer.callBegins() else {
      return peer.refuse(
        message, name: Agent1.ErrorName.limit, "\(Limits.busPendingCalls) calls wait for their answers")
    }
    if let refusal = callers.wait(caller.uid, at: clock()) {
      peer.callEnded()
      return peer.refuse(message, name: Agent1.ErrorName.limit, refusal.line)
    }
    do {
      handler(
        BusCall(
          message: message, caller: caller, peer: peer, service: self, interface: interface.name, method: method,
          arguments: try BusMarshalling.readAll(from: message)))
    } catch {
      callEnded(of: caller, from: peer)
      peer.refuse(message, name: Agent1.ErrorName.invalidArguments, "\(error)")
    }
  }

  /// A call has been answered or given up.
  func callEnded(of caller: BusCaller, from peer: (any BusPeer)?) {
    callers.answered(caller.uid)
    peer?.callEnded()
  }

  private func method(
    named member: String, in interface: String?
  ) -> (interface: BusInterface, method: BusInterface.Method)? {
    for object in objects where interface == nil || interface == object.interface.name {
      if let method = object.interface.methods.first(where: { $0.name == member }) {
        return (object.interface, method)
      }
    }
    return nil
  }

  // MARK: Properties

  static let propertiesInterface = "org.freedesktop.DBus.Properties"

  /// Whether a message asks for properties of the agent's object.
  func asksForProperties(_ message: BusMessage) -> Bool {
    message.interface == Self.propertiesInterface && message.path == objectPath
  }

  /// Answers Get and GetAll to those who may read; false: it is for sd-bus to say what is wrong with it.
  func receiveProperties(_ message: BusMessage, of caller: BusCaller, from peer: any BusPeer) -> Bool {
    guard let question = question(of: message) else { return false }
    guard question.interfaces.allSatisfy({ access.mayRead(caller, $0.name) }) else {
      peer.refuse(
        message, name: Agent1.ErrorName.accessDenied,
        BusAccess.explanation(of: question.interfaces.first?.name ?? "", member: message.member ?? ""))
      return true
    }
    do {
      let answer = try BusMessage.answer(to: message)
      try BusMarshalling.append([question.answer], to: answer)
      try peer.send(answer, bytes: BusMarshalling.size(of: [question.answer]))
    } catch {
      peer.refuse(message, name: Agent1.ErrorName.unavailable, "the properties cannot be sent: \(error)")
    }
    return true
  }

  private struct Question {
    /// Those with properties that it asks for.
    var interfaces: [BusInterface]
    var answer: BusValue
  }

  private func question(of message: BusMessage) -> Question? {
    let isGet = message.member == "Get" && message.signature == "ss"
    guard isGet || (message.member == "GetAll" && message.signature == "s"),
      let arguments = try? BusMarshalling.readAll(from: message), case .string(let name)? = arguments.first
    else { return nil }
    message.rewind()
    let asked = objects.map(\.interface).filter { !$0.properties.isEmpty && ($0.name == name || name.isEmpty) }
    guard isGet else {
      let values = asked.flatMap { interface in
        interface.properties.map {
          BusValue.dictionaryEntry(.string($0.name), .variant(property(interface.name, $0.name)))
        }
      }
      return asked.isEmpty ? nil : Question(interfaces: asked, answer: .array(element: "{sv}", values))
    }
    guard let interface = asked.first(where: { $0.name == name }), case .string(let wanted)? = arguments.last,
      interface.properties.contains(where: { $0.name == wanted })
    else { return nil }
    return Question(interfaces: [interface], answer: .variant(property(name, wanted)))
  }

  // MARK: Signals

  /// A signal that is as declared; nil, and a line in the log, for another one.
  package func signal(interface: String, name: String, arguments: [BusValue]) -> BusSignal? {
    let declared = objects.first { $0.interface.name == interface }?.interface.signals.first { $0.name == name }
    guard let declared, declared.arguments.map(\.signature) == arguments.map(\.signature) else {
      log(.error, "A signal is not as declared", [("interface", interface), ("signal", name)])
      return nil
    }
    return BusSignal(interface: interface, name: name, arguments: arguments)
  }

  /// The signal that tells the present values of properties (org.freedesktop.DBus.Properties.PropertiesChanged).
  package func propertiesChanged(interface: String, _ names: [String]) -> BusSignal {
    let changed = names.map { BusValue.dictionaryEntry(.string($0), .variant(property(interface, $0))) }
    return BusSignal(
      interface: Self.propertiesInterface, name: "PropertiesChanged",
      arguments: [.string(interface), .array(element: "{sv}", changed), .array(element: "s", [])])
  }
}
