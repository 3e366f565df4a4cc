internal import AgentCore

/// Watches the bytes of one client for their limits, before sd-bus allocates what they announce.
///
/// First the text of the authentication up to `BEGIN`, then messages by the lengths in their fixed headers
/// (D-Bus specification, Message Format): 16 bytes, the fields padded to 8, the body.
package struct BusFraming {
  package enum Verdict: Equatable {
    case fits
    case refused(String)
  }

  private enum State {
    /// The bytes so far, and how far the last of them match the end of the handshake.
    case handshake(bytes: Int, matched: Int)
    case header([UInt8])
    case message(bytesLeft: Int)
  }

  private static let end: [UInt8] = Array("\r\nBEGIN\r\n".utf8)
  private static let headerBytes = 16

  private var state = State.handshake(bytes: 0, matched: 0)

  package init() {}

  /// Takes the next bytes of the stream.
  package mutating func take(_ bytes: ArraySlice<UInt8>) -> Verdict {
    var rest = bytes
    while !rest.isEmpty {
      let verdict =
        switch state {
        case .handshake(let count, let matched): takeHandshake(&rest, count, matched)
        case .header(let header): takeHeader(&rest, header)
        case .message(let left): takeMessage(&rest, left)
        }
      guard verdict == .fits else { return verdict }
    }
    return .fits
  }

  private mutating func takeHandshake(_ rest: inout ArraySlice<UInt8>, _ count: Int, _ matched: Int) -> Verdict {
    var (count, matched) = (count, matched)
    while let byte = rest.popFirst() {
      count += 1
      guard count <= Limits.busHandshakeBytes else { return .refused("the authentication is too long") }
      if byte == Self.end[matched] {
        matched += 1
      } else {
        // A carriage return is the one byte with which the end can start anew.
        matched = byte == Self.end[0] ? 1 : 0
      }
      if matched == Self.end.count {
        state = .header([])
        return .fits
      }
    }
    state = .handshake(bytes: count, matched: matched)
    return .fits
  }

  private mutating func takeHeader(_ rest: inout ArraySlice<UInt8>, _ header: [UInt8]) -> Verdict {
    let taken = rest.prefix(Self.headerBytes - header.count)
    rest = rest.dropFirst(taken.count)
    let header = header + taken
    guard header.count == Self.headerBytes else {
      state = .header(header)
      return .fits
    }
    guard let (body, fields) = Self.lengths(header) else { return .refused("a message has no byte order") }
    let left = (fields + 7) / 8 * 8 + body
    guard left + Self.headerBytes <= Limits.busMessageBytes else { return .refused("a message is too large") }
    state = left == 0 ? .header([]) : .message(bytesLeft: left)
    return .fits
  }

  private mutating func takeMessage(_ rest: inout ArraySlice<UInt8>, _ left: Int) -> Verdict {
    let taken = min(left, rest.count)
    rest = rest.dropFirst(taken)
    state = taken == left ? .header([]) : .message(bytesLeft: left - taken)
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
