import AgentCore
import SystemdHost
import Testing

/// The limits of a client's bytes, whatever the pieces they come in.
struct BusFramingTests {
  private static let greeting = RawClient.usualGreeting

  private static func header(order: Character = "l", body: UInt32, fields: UInt32) -> [UInt8] {
    func number(_ value: UInt32) -> [UInt8] {
      let little = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return order == "B" ? little.reversed() : little
    }
    return Array(String(order).utf8) + [1, 0, 1] + number(body) + number(1) + number(fields)
  }

  private static let largest = UInt32(Limits.busMessageBytes - 16)

  static let cases: [(name: String, bytes: [UInt8], fits: Bool)] = [
    ("nothing", [], true),
    ("greeting alone", greeting, true),
    ("greeting of 4 KiB", [UInt8](repeating: 65, count: Limits.busHandshakeBytes), true),
    ("greeting over 4 KiB", [UInt8](repeating: 65, count: Limits.busHandshakeBytes + 1), false),
    ("an end that starts twice", Array("\0\r\r\nBEG\r\nBEGIN\r\n".utf8) + header(body: largest + 1, fields: 0), false),
    ("largest message", greeting + header(body: largest, fields: 0), true),
    ("one byte more", greeting + header(body: largest + 1, fields: 0), false),
    ("padding counts", greeting + header(body: largest - 7, fields: 1), false),
    ("big endian", greeting + header(order: "B", body: largest, fields: 0), true),
    ("big endian, too large", greeting + header(order: "B", body: largest + 1, fields: 0), false),
    ("lengths that add up over 32 bits", greeting + header(body: .max, fields: .max), false),
    ("no byte order", greeting + header(order: "x", body: 0, fields: 0), false),
    (
      "second message too large",
      greeting + header(body: 3, fields: 5) + [UInt8](repeating: 0, count: 11)
        + header(body: largest + 1, fields: 0), false
    ),
    ("empty messages", greeting + header(body: 0, fields: 0) + header(body: 0, fields: 0), true),
  ]

  @Test(arguments: cases.indices) func take_bytes_areHeldToTheLimits(_ index: Int) {
    let (name, bytes, fits) = Self.cases[index]
    for piece in [1, 2, 3, 7, 16, 17, 4_096, max(1, bytes.count)] {
      var framing = BusFraming(side: .client)
      var accepted: [UInt8] = []
      let verdict = Self.take(bytes, by: piece, &framing, &accepted)
      #expect((verdict == .fits) == fits, "\(name), pieces of \(piece)")
      // What fits is handed on as it is, but for a header that is not whole.
      if fits { #expect(bytes.starts(with: accepted) && bytes.count - accepted.count < 16, "\(name)") }
    }
  }

  private static func take(
    _ bytes: [UInt8], by piece: Int, _ framing: inout BusFraming, _ accepted: inout [UInt8]
  ) -> BusFraming.Verdict {
    var rest = bytes[...]
    while !rest.isEmpty {
      let verdict = framing.take(rest.prefix(piece), into: &accepted)
      guard verdict == .fits else { return verdict }
      rest = rest.dropFirst(piece)
    }
    return .fits
  }

  @Test func take_wholeCall_staysInStep() {
    var framing = BusFraming(side: .client)
    var accepted: [UInt8] = []
    var sent = Self.greeting
    for serial in 1...50 {
      sent += RawClient.call(serial: UInt32(serial), interface: "com.axolotly.Test1", member: "Echo")
    }
    let verdict = Self.take(sent, by: 5, &framing, &accepted)
    #expect(verdict == .fits)
    #expect(accepted == sent)
    let wrong = framing.take(Self.header(order: "x", body: 0, fields: 0)[...], into: &accepted)
    #expect(wrong != .fits)
  }

  /// A caller of the system bus that sends too much must not cost the others their broker.
  @Test func take_brokersMessageTooLarge_isPassedOverAlone() {
    let call = RawClient.call(serial: 1, interface: "com.axolotly.Test1", member: "Echo")
    let large = Self.header(body: Self.largest - 7, fields: 1)
    let body = [UInt8](repeating: 0x6C, count: Int(Self.largest) + 1)
    let text = Array("DATA\r\nOK 0123456789abcdef\r\n".utf8)
    for piece in [1, 3, 16, 4_096, 1 << 20] {
      var framing = BusFraming(side: .broker)
      var accepted: [UInt8] = []
      let verdict = Self.take(text + call + large + body + call + large + body + call, by: piece, &framing, &accepted)
      #expect(verdict == .fits)
      #expect(accepted == text + call + call + call, "pieces of \(piece)")
      #expect(framing.passedOver == 2)
    }
    var framing = BusFraming(side: .broker)
    var accepted: [UInt8] = []
    let endless = [UInt8](repeating: 65, count: Limits.busHandshakeBytes + 1)
    let verdict = Self.take(endless, by: 100, &framing, &accepted)
    #expect(verdict != .fits)
  }
}
