internal import AgentCore

/// Watches the bytes of one peer for their limits, before sd-bus allocates what they announce.
///
/// First the text of the authentication up to its end, then messages by the lengths in their fixed headers
/// (D-Bus specification, Message Format): 16 bytes, the fields padded to 8, the body.
package struct BusFraming {
  /// Whose bytes they are, and what becomes of a message that is too large.
  package enum Side: Sendable {
    /// A client's: it is refused.
    case client
    /// A broker's, who forwards what others send: the message alone is passed over.
    case broker

    /// What the text of the authentication ends with.
    fileprivate var end: [UInt8] {
      switch self {
      case .client: Array("\r\nBEGIN\r\n".utf8)
      // The rest of the line follows, up to its end.
      case .broker: Array("OK ".utf8)
      }
    }
  }

  package enum Verdict: Equatable {
    case fits
    case refused(String)
  }

  private enum State {
    /// The bytes so far, and how far the last of them match the end of the handshake.
    case handshake(bytes: Int, matched: Int)
    /// The last line of the handshake, up to its end.
    case lastLine(bytes: Int)
    case header([UInt8])
    case message(bytesLeft: Int, isPassedOver: Bool)
  }

  private static let headerBytes = 16

  /// How many messages were too large and passed over.
  package private(set) var passedOver = 0
  /// How many of the bytes of the last `take` belong to the authentication, where it ended among them.
  package private(set) var handshakeEnd: Int?
  private let side: Side
  private let end: [UInt8]
  private var state = State.handshake(bytes: 0, matched: 0)

  package init(side: Side) { (self.side, end) = (side, side.end) }

  /// Takes the next bytes of the stream and appends what is to be read of them, and of what was held back before.
  package mutating func take(_ bytes: ArraySlice<UInt8>, into accepted: inout [UInt8]) -> Verdict {
    var rest = bytes
    handshakeEnd = nil
    while !rest.isEmpty {
      let verdict =
        switch state {
        case .handshake(let count, let matched): takeHandshake(&rest, count, matched, &accepted)
        case .lastLine(let count): takeLastLine(&rest, count, &accepted)
        case .header(let header): takeHeader(&rest, header, &accepted)
        case .message(let left, let isPassedOver): takeMessage(&rest, left, isPassedOver, &accepted)
        }
      guard verdict == .fits else { return verdict }
    }
    return .fits
  }

  private mutating func takeHandshake(
    _ rest: inout ArraySlice<UInt8>, _ count: Int, _ matched: Int, _ accepted: inout [UInt8]
  ) -> Verdict {
    var (count, matched) = (count, matched)
    while let byte = rest.popFirst() {
      count += 1
      guard count <= Limits.busHandshakeBytes else { return .refused("the authentication is too long") }
      accepted.append(byte)
      if byte == end[matched] {
        matched += 1
      } else {
        // The first byte is the one with which the end can start anew.
        matched = byte == end[0] ? 1 : 0
      }
      if matched == end.count {
        if side == .broker { state = .lastLine(bytes: count) } else { endHandshake(accepted) }
        return .fits
      }
    }
    state = .handshake(bytes: count, matched: matched)
    return .fits
  }

  private mutating func endHandshake(_ accepted: [UInt8]) {
    state = .header([])
    handshakeEnd = accepted.count
  }

  private mutating func takeLastLine(
    _ rest: inout ArraySlice<UInt8>, _ count: Int, _ accepted: inout [UInt8]
  ) -> Verdict {
    var count = count
    while let byte = rest.popFirst() {
      count += 1
      guard count <= Limits.busHandshakeBytes else { return .refused("the authentication is too long") }
      accepted.append(byte)
      if byte == UInt8(ascii: "\n") {
        endHandshake(accepted)
        return .fits
      }
    }
    state = .lastLine(bytes: count)
    return .fits
  }

  /// A header is held back until it is whole and its lengths are known.
  private mutating func takeHeader(
    _ rest: inout ArraySlice<UInt8>, _ header: [UInt8], _ accepted: inout [UInt8]
  ) -> Verdict {
    let taken = rest.prefix(Self.headerBytes - header.count)
    rest = rest.dropFirst(taken.count)
    let header = header + taken
    guard header.count == Self.headerBytes else {
      state = .header(header)
      return .fits
    }
    guard let (body, fields) = Self.lengths(header) else { return .refused("a message has no byte order") }
    let left = (fields + 7) / 8 * 8 + body
    let fits = left + Self.headerBytes <= Limits.busMessageBytes
    guard fits || side == .broker else { return .refused("a message is too large") }
    if fits { accepted += header } else { passedOver += 1 }
    state = left == 0 ? .header([]) : .message(bytesLeft: left, isPassedOver: !fits)
    return .fits
  }

  private mutating func takeMessage(
    _ rest: inout ArraySlice<UInt8>, _ left: Int, _ isPassedOver: Bool, _ accepted: inout [UInt8]
  ) -> Verdict {
    let taken = min(left, rest.count)
    if !isPassedOver { accepted += rest.prefix(taken) }
    rest = rest.dropFirst(taken)
    state = taken == left ? .header([]) : .message(bytesLeft: left - taken, isPassedOver: isPassedOver)
    return .fits
  }

  /// The lengths of body and fields, in the message's own byte order.
  private static func lengths(_ header: [UInt8]) -> (body: Int, fields: Int)? {
    func number(at offset: Int) -> Int? {
      let bytes = header[offset..<offset + 4]
      switch header[0] {
      case UInt8(ascii: "l"): return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
      case UInt8(ascii: "B"): return bytes.reduce(0) { $0 << 8 | Int($1) }
      default: return nil
      }
    }
    guard let body = number(at: 4), let fields = number(at: 12) else { return nil }
    return (body, fields)
  }
}
