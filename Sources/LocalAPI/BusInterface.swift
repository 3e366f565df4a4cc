/// The description of one D-Bus interface, from which the daemon's object, its introspection and the client's calls are made.
package struct BusInterface: Sendable {
  package var name: String
  package var methods: [Method]
  package var properties: [Property]
  package var signals: [Signal]

  package init(name: String, methods: [Method], properties: [Property], signals: [Signal]) {
    self.name = name
    self.methods = methods
    self.properties = properties
    self.signals = signals
  }

  /// A named argument with its D-Bus signature.
  package struct Argument: Sendable {
    package var name: String
    package var signature: String
    package init(_ name: String, _ signature: String) { (self.name, self.signature) = (name, signature) }
  }

  package struct Method: Sendable {
    package var name: String
    package var arguments: [Argument]
    package var results: [Argument]
    package init(_ name: String, _ arguments: [Argument] = [], returns results: [Argument] = []) {
      (self.name, self.arguments, self.results) = (name, arguments, results)
    }
  }

  /// A read-only property whose changes are announced.
  package struct Property: Sendable {
    package var name: String
    package var signature: String
    package init(_ name: String, _ signature: String) { (self.name, self.signature) = (name, signature) }
  }

  package struct Signal: Sendable {
    package var name: String
    package var arguments: [Argument]
    package init(_ name: String, _ arguments: [Argument]) { (self.name, self.arguments) = (name, arguments) }
  }
}
