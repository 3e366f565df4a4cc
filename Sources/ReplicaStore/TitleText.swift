/// What can be told of TITLE's bytes without reading it as JSON.
enum TitleText {
  /// TITLE begins with this reference, written as upstreams write it. False says nothing.
  static func begins(_ title: Span<UInt8>, withReference reference: String) -> Bool {
    let start = referenceStart.count
    let bytes = reference.utf8
    guard title.count > start + bytes.count, title.begins(with: referenceStart),
      title[start + bytes.count] == UInt8(ascii: "\"")
    else { return false }
    var index = start
    for byte in bytes {
      guard title[index] == byte else { return false }
      index += 1
    }
    return true
  }

  private static let referenceStart: StaticString = "{\"ref\":\""
}

extension StaticString {
  var count: Int { utf8CodeUnitCount }
}

extension Span<UInt8> {
  func begins(with prefix: StaticString) -> Bool {
    guard count >= prefix.count else { return false }
    return prefix.withUTF8Buffer { bytes in
      for index in 0..<bytes.count where unsafe bytes[index] != self[index] { return false }
      return true
    }
  }

  func ends(with suffix: StaticString) -> Bool {
    guard count >= suffix.count else { return false }
    let start = count - suffix.count
    return suffix.withUTF8Buffer { bytes in
      for index in 0..<bytes.count where unsafe bytes[index] != self[start + index] { return false }
      return true
    }
  }
}
