import CSystemd

/// What sd-bus holds for a peer that does not read, by number and bytes.
///
/// Answers that sd-bus makes by itself count by number alone.
struct BusBacklog {
  /// What a message takes beside its values: fixed header, path, interface, member, signature.
  static let headerBytes = 512
  /// A longer error text is cut.
  static let errorCharacters = 1_024

  let messageLimit: Int
  let byteLimit: Int
  /// The sizes of the messages that wait, oldest first.
  private var sizes: [Int] = []

  init(messages: Int, bytes: Int) { (messageLimit, byteLimit) = (messages, bytes) }

  mutating func append(bytes: Int) { sizes.append(bytes + Self.headerBytes) }

  /// Whether more waits than may; `queued` is what sd-bus counts.
  mutating func isTooLong(queued: UInt64) -> Bool {
    if sizes.count > Int(queued) { sizes.removeFirst(sizes.count - Int(queued)) }
    return queued > UInt64(messageLimit) || sizes.reduce(0, +) > byteLimit
  }
}
