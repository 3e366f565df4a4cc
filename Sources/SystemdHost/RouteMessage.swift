import Glibc

/// What one message of the kernel says about a link, an address or a default route (rtnetlink(7)).
package enum RouteMessage: Equatable, Sendable {
  package struct Address: Hashable, Sendable {
    package var link: UInt32
    package var prefixLength: UInt8
    /// 4 or 16 bytes.
    package var bytes: [UInt8]
    package init(link: UInt32, prefixLength: UInt8, bytes: [UInt8]) {
      (self.link, self.prefixLength, self.bytes) = (link, prefixLength, bytes)
    }
  }

  package struct DefaultRoute: Hashable, Sendable {
    package var family: UInt8
    package var table: UInt32
    package var link: UInt32
    package var metric: UInt32
    package var gateway: [UInt8]
    package init(family: UInt8, table: UInt32, link: UInt32, metric: UInt32, gateway: [UInt8]) {
      (self.family, self.table, self.link, self.metric, self.gateway) = (family, table, link, metric, gateway)
    }
  }

  case link(UInt32, isRunning: Bool)
  case address(Address, isThere: Bool)
  case defaultRoute(DefaultRoute, isThere: Bool)
  /// What was asked for has been told, or is refused.
  case endOfAnswer
  /// Messages were lost.
  case overrun

  /// The messages of one datagram that matter; what is cut short or not of interest is passed over.
  package static func parse(_ datagram: [UInt8]) -> [RouteMessage] {
    var messages: [RouteMessage] = []
    var rest = RouteBytes(datagram[...])
    while let length = rest.uint32(at: 0), length >= RouteBytes.headerBytes, Int(length) <= rest.count {
      let message = rest.part(from: 0, to: Int(length))
      if let type = message.uint16(at: 4) {
        let body = message.part(from: RouteBytes.headerBytes, to: message.count)
        if let parsed = RouteMessage(type: type, body) { messages.append(parsed) }
      }
      rest = rest.part(from: RouteBytes.aligned(Int(length)), to: rest.count)
    }
    return messages
  }

  private init?(type: UInt16, _ body: RouteBytes) {
    switch type {
    // linux/netlink.h: NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN.
    case 2, 3: self = .endOfAnswer
    case 4: self = .overrun
    // linux/rtnetlink.h: RTM_NEWLINK and so on.
    case 16, 17: self.init(link: body, isThere: type == 16)
    case 20, 21: self.init(address: body, isThere: type == 20)
    case 24, 25: self.init(route: body, isThere: type == 24)
    default: return nil
    }
  }

  /// struct ifinfomsg; loopback and what a bridge says of its ports are of no interest.
  private init?(link body: RouteBytes, isThere: Bool) {
    let loopback: UInt32 = 0x8
    let running: UInt32 = 0x40
    guard let family = body.byte(at: 0), family == 0, let index = body.uint32(at: 4), let flags = body.uint32(at: 8),
      flags & loopback == 0
    else { return nil }
    self = .link(index, isRunning: isThere && flags & running != 0)
  }

  /// struct ifaddrmsg; addresses of the host alone are of no interest, and those that are not usable yet come again.
  private init?(address body: RouteBytes, isThere: Bool) {
    let (hostScope, tentative): (UInt8, UInt32) = (254, 0x40)
    guard let prefix = body.byte(at: 1), let flags = body.byte(at: 2), let scope = body.byte(at: 3),
      let index = body.uint32(at: 4), scope != hostScope
    else { return nil }
    let attributes = body.attributes(from: 8)
    // IFA_FLAGS, IFA_LOCAL, IFA_ADDRESS of linux/if_addr.h.
    let allFlags = attributes[8].flatMap { RouteBytes($0).uint32(at: 0) } ?? UInt32(flags)
    guard let bytes = attributes[2] ?? attributes[1], bytes.count == 4 || bytes.count == 16 else { return nil }
    if isThere, allFlags & tentative != 0 { return nil }
    self = .address(Address(link: index, prefixLength: prefix, bytes: Array(bytes)), isThere: isThere)
  }

  /// struct rtmsg; only default routes matter beside the addresses, not the kernel's own copies of them.
  private init?(route body: RouteBytes, isThere: Bool) {
    let (unicast, cloned): (UInt8, UInt32) = (1, 0x200)
    guard let family = body.byte(at: 0), let destinationLength = body.byte(at: 1), destinationLength == 0,
      let table = body.byte(at: 4), let type = body.byte(at: 7), type == unicast, let flags = body.uint32(at: 8),
      flags & cloned == 0
    else { return nil }
    let attributes = body.attributes(from: 12)
    let number = { (key: UInt16) in attributes[key].flatMap { RouteBytes($0).uint32(at: 0) } }
    // RTA_TABLE, RTA_OIF, RTA_PRIORITY, RTA_GATEWAY of linux/rtnetlink.h.
    let route = DefaultRoute(
      family: family, table: number(15) ?? UInt32(table), link: number(4) ?? 0, metric: number(6) ?? 0,
      gateway: attributes[5].map { Array($0) } ?? [])
    self = .defaultRoute(route, isThere: isThere)
  }
}

/// Bytes of netlink, read within their bounds; numbers are in the machine's order.
struct RouteBytes {
  static let headerBytes = 16
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var count: Int { bytes.count }

  static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

  func byte(at offset: Int) -> UInt8? {
    offset >= 0 && offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
  }

  func uint16(at offset: Int) -> UInt16? {
    guard let low = byte(at: offset), let high = byte(at: offset + 1) else { return nil }
    return UInt16(littleEndian: UInt16(high) << 8 | UInt16(low))
  }

  func uint32(at offset: Int) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<4 {
      guard let byte = byte(at: offset + index) else { return nil }
      value |= UInt32(byte) << (8 * UInt32(index))
    }
    return UInt32(littleEndian: value)
  }

  /// The bytes between two offsets, as far as there are any.
  func part(from start: Int, to end: Int) -> RouteBytes {
    let (start, end) = (min(max(0, start), count), min(max(0, end), count))
    return RouteBytes(bytes.dropFirst(start).prefix(max(0, end - start)))
  }

  /// The attributes from an offset on (struct rtattr), by type; the first of a type counts.
  func attributes(from offset: Int) -> [UInt16: ArraySlice<UInt8>] {
    var found: [UInt16: ArraySlice<UInt8>] = [:]
    var rest = part(from: offset, to: count)
    while let length = rest.uint16(at: 0), let type = rest.uint16(at: 2), length >= 4, Int(length) <= rest.count {
      if found[type] == nil { found[type] = rest.part(from: 4, to: Int(length)).bytes }
      rest = rest.part(from: Self.aligned(Int(length)), to: rest.count)
    }
    return found
  }
}
