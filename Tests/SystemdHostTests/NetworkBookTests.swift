import SystemdHost
import Testing

/// What messages of the kernel are changes of the network, and what no bytes can do.
struct NetworkBookTests {
  /// A message of rtnetlink in little-endian bytes, as all machines that run these tests have them.
  private static func message(_ type: UInt16, _ body: [UInt8], _ attributes: [(UInt16, [UInt8])] = []) -> [UInt8] {
    var rest = body
    for (type, value) in attributes {
      rest += bytes(UInt16(value.count + 4)) + bytes(type) + value
      rest += [UInt8](repeating: 0, count: (4 - rest.count % 4) % 4)
    }
    return bytes(UInt32(16 + rest.count)) + bytes(type) + [0, 0] + [UInt8](repeating: 0, count: 8) + rest
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  private static func link(_ flags: UInt32, type: UInt16 = 16) -> [UInt8] {
    message(type, [0, 0, 1, 0] + bytes(UInt32(2)) + bytes(flags) + bytes(UInt32(0)), [(3, Array("eth0\0".utf8))])
  }

  private static func address(
    _ address: [UInt8] = [192, 0, 2, 7], flags: UInt32 = 0x80, scope: UInt8 = 0, lifetime: UInt8 = 9, type: UInt16 = 20
  ) -> [UInt8] {
    message(
      type, [address.count == 4 ? 2 : 10, 24, UInt8(truncatingIfNeeded: flags), scope] + bytes(UInt32(2)),
      [(1, address), (6, [UInt8](repeating: lifetime, count: 16)), (8, bytes(flags))])
  }

  private static func route(table: UInt8 = 254, length: UInt8 = 0, kind: UInt8 = 1, type: UInt16 = 24) -> [UInt8] {
    message(
      type, [2, length, 0, 0, table, 3, 0, kind] + bytes(UInt32(0)),
      [(5, [192, 0, 2, 1]), (4, bytes(UInt32(2))), (6, bytes(UInt32(100)))])
  }

  private func changes(_ datagrams: [[UInt8]]) -> [Bool] {
    var book = NetworkBook()
    return datagrams.map { RouteMessage.parse($0).reduce(false) { book.take($1) || $0 } }
  }

  @Test(
    arguments: [
      ("a link that runs, and says so again", [link(0x11043), link(0x11043)], [true, false]),
      ("a link that stops and runs", [link(0x11043), link(0x1003), link(0x11043)], [true, true, true]),
      ("a link that goes", [link(0x11043), link(0x11043, type: 17)], [true, true]),
      ("loopback", [link(0x10049)], [false]),
      ("an address, its lifetime renewed", [address(), address(lifetime: 5)], [true, false]),
      ("an address that goes", [address(), address(type: 21), address(type: 21)], [true, true, false]),
      ("an address of the host", [address([127, 0, 0, 1], scope: 254)], [false]),
      (
        "an IPv6 address, tentative first",
        [
          address([UInt8](repeating: 1, count: 16), flags: 0xC0), address([UInt8](repeating: 1, count: 16)),
          address([UInt8](repeating: 1, count: 16), lifetime: 1),
        ], [false, true, false]
      ),
      ("a default route, renewed, gone", [route(), route(), route(type: 25)], [true, false, true]),
      ("another route", [route(length: 24)], [false]),
      ("a route of another kind", [route(kind: 2)], [false]),
      ("a route that went with its link", [link(0x11043), route(), link(0x3), route()], [true, true, true, true]),
      ("a neighbour", [message(28, [UInt8](repeating: 1, count: 12))], [false]),
      ("lost messages", [message(4, [])], [true]),
      ("two in one datagram", [address() + address(), address() + route()], [true, true]),
    ] as [(String, [[UInt8]], [Bool])])
  func take_messagesOfTheKernel_saysWhichAreChanges(story: String, datagrams: [[UInt8]], expected: [Bool]) {
    #expect(changes(datagrams) == expected, "\(story)")
  }

  @Test func parse_anyCutOrDamagedDatagram_staysWithinItsBytes() {
    let whole = Self.link(0x11043) + Self.address() + Self.route()
    for count in 0..<whole.count { _ = RouteMessage.parse(Array(whole[..<count])) }
    for index in whole.indices {
      for value: UInt8 in [0, 1, 3, 4, 0x7F, 0xFF] {
        var damaged = whole
        damaged[index] = value
        _ = RouteMessage.parse(damaged)
      }
    }
    #expect(RouteMessage.parse(Array(whole.dropLast())).count == 2)
    #expect(RouteMessage.parse(whole).count == 3)
  }
}
