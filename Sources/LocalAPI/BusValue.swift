/// A D-Bus value as a Swift value; its signature is that of the D-Bus specification's type system.
package indirect enum BusValue: Sendable, Equatable {
  case boolean(Bool)
  case int32(Int32)
  case uint32(UInt32)
  case int64(Int64)
  case uint64(UInt64)
  case double(Double)
  case string(String)
  case objectPath(String)
  /// `element` is the signature of one element, needed where the array is empty.
  case array(element: String, [BusValue])
  case structure([BusValue])
  case dictionaryEntry(BusValue, BusValue)
  case variant(BusValue)

  /// The type's signature, for example `s`, `as`, `a{sv}` or `(sx)`.
  package var signature: String {
    switch self {
    case .boolean: "b"
    case .int32: "i"
    case .uint32: "u"
    case .int64: "x"
    case .uint64: "t"
    case .double: "d"
    case .string: "s"
    case .objectPath: "o"
    case .array(let element, _): "a" + element
    case .structure(let members): "(" + members.map(\.signature).joined() + ")"
    case .dictionaryEntry(let key, let value): "{" + key.signature + value.signature + "}"
    case .variant: "v"
    }
  }
}
