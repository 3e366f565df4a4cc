import AgentCore
import Database
import Testing

@testable import ReplicaStore

@Suite struct JSONCursorTests {
  /// Whether the whole text is one JSON value.
  func isJSON(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var cursor = JSONCursor()
    guard (try? cursor.skip(bytes.span)) != nil else { return false }
    return cursor.isAtEnd(bytes.span)
  }

  @Test("skip: what RFC 8259 allows is walked over whole")
  func allowed() {
    let table = [
      "{}", "[]", " [ ] ", "{\"a\":{\"b\":[1,2,{}]},\"c\":null}", "\"\"", #""\"\\\/\b\f\n\r\tÅ""#, "0", "-0", "10",
      "-1.5e+10",
      "1E-2", "0.25", "true", "false", "null", "\t\r\n[1 , 2]\n", "\"é😀\"", #""\ud83d\ude00""#, #""\ud83d""#,
      String(repeating: "[", count: 127) + String(repeating: "]", count: 127),
    ]
    for text in table { #expect(isJSON(text), "\(text)") }
  }

  @Test("skip: anything else is a fault")
  func refused() {
    let table = [
      "", " ", "{", "}", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "\"", "\"\\",
      "\"\\x\"",
      #""\u12""#, #""\u12g4""#, "\"\n\"", "\"\u{0}\"", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN",
      "Infinity", "tru",
      "True", "nul", "1 1", "{}{}", "[1]//", "/**/1", "\u{FEFF}1",
      String(repeating: "[", count: 129) + String(repeating: "]", count: 129),
    ]
    for text in table { #expect(!isJSON(text), "\(text)") }
  }

  @Test("string: escapes become what they stand for; what cannot be shown is nil")
  func strings() throws {
    let table: [(json: String, expected: String?)] = [
      (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9x""#, "éx"),
      (#""\uD83D\uDE00""#, "😀"),
      (#""\ud83d""#, nil), (#""\ude00""#, nil), (#""\ud83dx""#, nil), (#""\ud83d\u0041""#, nil), (#""\u0000""#, nil),
    ]
    for row in table {
      let bytes = Array(row.json.utf8)
      var cursor = JSONCursor()
      let text = try cursor.string(bytes.span)
      #expect(text.string(bytes.span) == row.expected, "\(row.json)")
      #expect(cursor.isDisplayable == (row.expected != nil), "\(row.json)")
    }
  }

  @Test("number: whole ones that fit, and finite ones")
  func numbers() throws {
    let table: [(json: String, integer: Int64?, double: Double?)] = [
      ("0", 0, 0), ("-12", -12, -12), ("9223372036854775807", .max, 0x1p63), ("9223372036854775808", nil, 0x1p63),
      ("1.0", nil, 1), ("1e3", nil, 1_000), ("1e999", nil, nil), ("81.25", nil, 81.25),
    ]
    for row in table {
      let bytes = Array(row.json.utf8)
      var cursor = JSONCursor()
      let number = try cursor.number(bytes.span)
      #expect(number.integer(bytes.span) == row.integer, "\(row.json)")
      #expect(number.double(bytes.span) == row.double, "\(row.json)")
    }
  }

  @Test("read: a member twice, its name escaped, or white space between: as RFC 8259 means it")
  func titles() throws {
    func kind(_ text: String) -> String {
      switch TitleReader.read(Array(text.utf8).span) {
      case .nothing: "nothing"
      case .referenceAlone(let reference): "alone \(reference)"
      case .title(let reference, _): "title \(reference)"
      }
    }
    let rest = #""kind":"movie","name":"A","offers":[]"#
    let table: [(title: String, expected: String)] = [
      (#"{"ref":"tmdb:movie:1",\#(rest)}"#, "title tmdb:movie:1"),
      (#"{ \#(rest) , "ref" : "tmdb:movie:1" }"#, "title tmdb:movie:1"),
      (#"{"r\u0065f":"tmdb:movi\u0065:1",\#(rest)}"#, "title tmdb:movie:1"),
      (#"{"ref":"tmdb:movie:1","ref":"tmdb:movie:2",\#(rest)}"#, "nothing"),
      (#"{"ref":"tmdb:movie:1","name":"B",\#(rest)}"#, "alone tmdb:movie:1"),
      (#"{"ref":"tmdb:movie:1",\#(rest)}x"#, "nothing"),
      (#"["tmdb:movie:1"]"#, "nothing"),
    ]
    for row in table { #expect(kind(row.title) == row.expected, "\(row.title)") }
  }
}
