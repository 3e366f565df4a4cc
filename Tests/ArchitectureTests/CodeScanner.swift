/// Blanks what is not code in a Swift source: comments, what strings and extended regular expressions contain, and names
/// between backticks, which may be sentences.
///
/// Line ends, the quotes and backticks themselves and the code of interpolations stay, so that lines keep their numbers and `f("")` does not
/// look like `f()`. A regular expression between bare slashes is taken for code.
struct CodeScanner {
  private let source: [UInt8]
  private var output: [UInt8]
  private var position = 0

  static func code(of text: String) -> String {
    var scanner = CodeScanner(text)
    scanner.scanCode(isInterpolation: false)
    return String(decoding: scanner.output, as: UTF8.self)
  }

  private init(_ text: String) {
    source = Array(text.utf8)
    output = source
  }

  /// To the end of the source, or to the parenthesis that closes an interpolation.
  private mutating func scanCode(isInterpolation: Bool) {
    var depth = 0
    while position < source.count {
      switch source[position] {
      case UInt8(ascii: "/") where starts(with: "//"):
        blank(until: "\n")
      case UInt8(ascii: "/") where starts(with: "/*"):
        scanComment()
      case UInt8(ascii: "#") where starts(with: "#/"):
        blank(until: "/#")
        blank(2)
      case UInt8(ascii: "#"), UInt8(ascii: "\""):
        if let hashes = hashesBeforeQuote() { scanString(hashes: hashes) } else { position += 1 }
      case UInt8(ascii: "`"):
        position += 1
        blank(until: "`")
        position += 1
      case UInt8(ascii: "("):
        depth += 1
        position += 1
      case UInt8(ascii: ")"):
        depth -= 1
        position += 1
        if isInterpolation && depth < 0 { return }
      default:
        position += 1
      }
    }
  }

  private mutating func scanComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        blank(2)
      } else if starts(with: "*/") {
        depth -= 1
        blank(2)
      } else {
        blank(1)
      }
    } while depth > 0 && position < source.count
  }

  private mutating func scanString(hashes: Int) {
    let sharps = String(repeating: "#", count: hashes)
    position += hashes
    let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    position += quote.utf8.count
    while position < source.count {
      if starts(with: quote + sharps) {
        position += quote.utf8.count + hashes
        return
      } else if starts(with: "\\" + sharps + "(") {
        blank(1 + hashes)
        position += 1
        scanCode(isInterpolation: true)
      } else if starts(with: "\\" + sharps) {
        blank(2 + hashes)
      } else if starts(with: "\n") && quote.utf8.count == 1 {
        return
      } else {
        blank(1)
      }
    }
  }

  /// How many `#` stand here before a quote; nil where no string begins.
  private func hashesBeforeQuote() -> Int? {
    let hashes = source[position...].prefix { $0 == UInt8(ascii: "#") }.count
    let quote = position + hashes
    return quote < source.count && source[quote] == UInt8(ascii: "\"") ? hashes : nil
  }

  private func starts(with text: String) -> Bool { source[position...].starts(with: text.utf8) }

  private mutating func blank(until end: String) {
    while position < source.count && !starts(with: end) { blank(1) }
  }

  private mutating func blank(_ count: Int) {
    let end = min(position + count, source.count)
    for index in position..<end where source[index] != UInt8(ascii: "\n") { output[index] = UInt8(ascii: " ") }
    position = end
  }
}
