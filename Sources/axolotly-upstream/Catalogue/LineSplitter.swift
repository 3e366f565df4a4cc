import AgentCore

/// Cuts bytes into lines of at most `Limits.lineBytes`.
struct LineSplitter {
  private var rest: [UInt8] = []
  private var isTooLong = false
  private var number = 0

  mutating func take(_ bytes: [UInt8], _ body: (Int, [UInt8]?) throws -> Void) throws {
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      keep(bytes[start..<end])
      try emit(body)
      start = end + 1
    }
    keep(bytes[start...])
  }

  mutating func finish(_ body: (Int, [UInt8]?) throws -> Void) throws {
    if !rest.isEmpty || isTooLong { try emit(body) }
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    if rest.count + bytes.count > Limits.lineBytes { (isTooLong, rest) = (true, []) }
    if !isTooLong { rest.append(contentsOf: bytes) }
  }

  private mutating func emit(_ body: (Int, [UInt8]?) throws -> Void) throws {
    number += 1
    if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
    try body(number, isTooLong ? nil : rest)
    (rest, isTooLong) = ([], false)
  }
}
