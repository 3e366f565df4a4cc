/// A value that can be bound to a parameter of a statement.
package enum Value: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package static func integer(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
  package static func optional(_ value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
  package static func optional(_ value: Double?) -> Value { value.map { .real($0) } ?? .null }
  package static func optional(_ value: String?) -> Value { value.map { .text($0) } ?? .null }
  package static func optional(_ value: [UInt8]?) -> Value { value.map { .blob($0) } ?? .null }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(stringLiteral value: String) { self = .text(value) }
  package init(nilLiteral: ()) { self = .null }
}
