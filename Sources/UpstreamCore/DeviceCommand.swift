/// A command to a box, until it is acknowledged (`spec/wire.md` §2).
package struct DeviceCommand: Sendable, Equatable, Codable {
  package var id: String
  package var name: String
  package var args: [String: Argument]
  package init(id: String, name: String, args: [String: Argument] = [:]) {
    (self.id, self.name, self.args) = (id, name, args)
  }

  /// A text, or a whole number such as the minutes of `log-level`.
  package enum Argument: Sendable, Equatable, Codable {
    case text(String)
    case number(Int)

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      }
    }
  }
}
