/// An error that the other side of the bus answered.
package struct BusCallError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A D-Bus error name, for example one of `Agent1.ErrorName`.
  package var name: String
  package var message: String

  package init(name: String, message: String) { (self.name, self.message) = (name, message) }

  package var description: String { message.isEmpty ? name : message }
}
