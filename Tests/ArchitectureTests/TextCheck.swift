/// What no text file of the project holds, comments included.
///
/// The words are put together from pieces, so that this file passes its own check.
enum TextCheck {
  /// Lines of the longest Swift file.
  static let longestFile = 700

  static func violations(in file: SourceFile) -> [Violation] {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    var violations = lines.enumerated().flatMap { index, line in
      marks(in: line).map { file.violation(index + 1, "\($0) says that something is not done; do it or file it") }
        + paths(in: line).map { file.violation(index + 1, "\($0)… is a path of somebody's machine") }
    }
    let count = file.text.hasSuffix("\n") ? lines.count - 1 : lines.count
    if file.isSwift && count > longestFile {
      violations.append(file.violation(count, "\(count) lines; a file has at most \(longestFile): split it by topic"))
    }
    return violations
  }

  private static let unfinished = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK", "T" + "BD", "W" + "IP"]
  private static let foreignPaths = ["ho" + "me/", "Us" + "ers/", "ro" + "ot/", "wo" + "rk/", "opt/sw" + "ift"].map {
    "/" + $0
  }

  private static func marks(in line: Substring) -> [String] {
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    return unfinished.filter { mark in words.contains { $0 == mark } }
  }

  /// Absolute paths alone: what goes on from a word, as in a URL, is none.
  private static func paths(in line: Substring) -> [String] {
    line.indices.filter { line[$0] == "/" }.flatMap { slash in
      let before = slash > line.startIndex ? line[line.index(before: slash)] : " "
      let goesOn = before.isLetter || before.isNumber || "._-~}/*".contains(before)
      return goesOn ? [] : foreignPaths.filter { line[slash...].hasPrefix($0) }
    }
  }
}
