/// Names a session within a family: session ids are a device's own.
package struct SessionKey: Hashable, Comparable, Sendable, Codable, CodingKeyRepresentable {
  package var device: String
  package var session: String

  package init(device: String, session: String) { (self.device, self.session) = (device, session) }

  package static func < (a: SessionKey, b: SessionKey) -> Bool { (a.device, a.session) < (b.device, b.session) }

  package var codingKey: any CodingKey { TextKey(stringValue: device + "/" + session) }

  package init?(codingKey: some CodingKey) {
    let text = codingKey.stringValue
    guard let slash = text.firstIndex(of: "/") else { return nil }
    self.init(device: String(text[..<slash]), session: String(text[text.index(after: slash)...]))
  }

  private struct TextKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
