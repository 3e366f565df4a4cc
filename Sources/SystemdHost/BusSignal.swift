package import LocalAPI

/// A signal that the daemon has emitted.
package struct BusSignal: Sendable, Equatable {
  package var interface: String
  package var name: String
  package var arguments: [BusValue]

  package init(interface: String, name: String, arguments: [BusValue]) {
    (self.interface, self.name, self.arguments) = (interface, name, arguments)
  }
}
