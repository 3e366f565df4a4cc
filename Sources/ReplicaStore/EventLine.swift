/// The bytes of one event.
enum EventLine {
  /// What a `dropped` line counts by.
  struct Kind: Decodable { var kind: String }

  /// The same line with another number; nil where the old one is not in it.
  ///
  /// Quotes inside strings are escaped, so `"seq":` with its quotes is the member and nothing else.
  static func renumbered(_ line: [UInt8], from old: Int, to new: Int) -> [UInt8]? {
    let member = Array("\"seq\":\(old)".utf8)
    guard line.count >= member.count else { return nil }
    for start in 0...(line.count - member.count) where line[start..<(start + member.count)].elementsEqual(member) {
      let end = start + member.count
      if end < line.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[end]) { return nil }
      return line[..<start] + Array("\"seq\":\(new)".utf8) + line[end...]
    }
    return nil
  }
}
