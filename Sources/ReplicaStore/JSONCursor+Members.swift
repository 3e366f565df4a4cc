import Database

/// A member's value as it was found: null counts as absent.
enum JSONMember<Value> {
  case absent
  case value(Value)
  case wrong

  var isAbsent: Bool { if case .absent = self { true } else { false } }

  /// Stores a value that must be there; false where it is not.
  func store(_ body: (Value) -> Void) -> Bool {
    guard case .value(let value) = self else { return false }
    body(value)
    return true
  }

  /// Stores a value that may be absent; false where it is wrong.
  func storeOptional(_ body: (Value?) -> Void) -> Bool {
    switch self {
    case .absent: body(nil)
    case .value(let value): body(value)
    case .wrong: return false
    }
    return true
  }
}

extension JSONCursor {
  mutating func text(_ bytes: Span<UInt8>, max: Int) throws(JSONFault) -> JSONMember<TitleString> {
    guard try expects(.string, bytes) else { return try other(bytes) }
    let text = try string(bytes)
    if text.hasEscapes {
      guard let unescaped = text.string(bytes), unescaped.utf8.count <= max else { return .wrong }
      return .value(TitleString(range: text.range, unescaped: unescaped))
    }
    return text.range.count <= max ? .value(TitleString(range: text.range)) : .wrong
  }

  mutating func integer(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONMember<Int64> {
    guard try expects(.number, bytes) else { return try other(bytes) }
    return try number(bytes).integer(bytes).map { .value($0) } ?? .wrong
  }

  mutating func double(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONMember<Double> {
    guard try expects(.number, bytes) else { return try other(bytes) }
    return try number(bytes).double(bytes).map { .value($0) } ?? .wrong
  }

  /// Where an array stands.
  mutating func arrayRange(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONMember<Range<Int>> {
    guard try expects(.array, bytes) else { return try other(bytes) }
    return .value(try skip(bytes))
  }

  private mutating func expects(_ expected: Kind, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
    try kind(bytes) == expected
  }

  /// Walks over a value of another type than the wanted one.
  private mutating func other<Value>(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONMember<Value> {
    let isNull = try kind(bytes) == .null
    try skip(bytes)
    return isNull ? .absent : .wrong
  }
}
