import AgentCore
import Database

/// The two forms of a line (`spec/wire.md` §4).
enum PartLine {
  /// Where TITLE is in `{"put":TITLE}`; nil for another line, one with spaces around TITLE too.
  static func put(_ line: Span<UInt8>) -> Range<Int>? {
    guard line.begins(with: "{\"put\":{"), line.ends(with: "}}"), line.count > 9 else { return nil }
    return 7..<(line.count - 1)
  }

  /// The reference of `{"del":"REF"}`; nil for another line.
  static func delete(_ line: Span<UInt8>) -> TitleReference? {
    guard line.begins(with: "{\"del\":\""), line.ends(with: "\"}"), line.count > 10,
      let text = String(validating: line.extracting(8..<(line.count - 2)))
    else { return nil }
    return TitleReference(text)
  }
}
