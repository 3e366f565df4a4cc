/// What may be written to standard output beside plain text.
package struct TerminalStyle: Sendable, Equatable {
  package enum Colours: Sendable, Equatable {
    case none
    /// The eight colours of the Linux console.
    case basic
    /// The 256 colours of nearly every other terminal.
    case indexed
  }

  package var colours: Colours
  /// Whether lines may be written over with a carriage return.
  package var isLive: Bool
  /// Whether the locale's characters are those of Unicode.
  package var isUnicode: Bool
  /// Nil where it is not known, or there is no terminal.
  package var size: Terminal.Size?

  package init(colours: Colours, isLive: Bool, isUnicode: Bool, size: Terminal.Size?) {
    (self.colours, self.isLive, self.isUnicode, self.size) = (colours, isLive, isUnicode, size)
  }

  /// Judges by what the environment says (no-color.org, terminfo(5), locale(7)).
  ///
  /// | standard output | `NO_COLOR` | `TERM` | colours | live |
  /// |---|---|---|---|---|
  /// | a file or pipe | | | none | no |
  /// | a terminal | | none, `dumb` | none | no |
  /// | a terminal | set, not empty | | none | yes |
  /// | a terminal | | `linux` | basic | yes |
  /// | a terminal | | another | indexed | yes |
  package init(isTerminal: Bool, size: Terminal.Size?, variable: (String) -> String?) {
    let term = variable("TERM")
    isLive = isTerminal && term != nil && term != "dumb"
    colours = !isLive || variable("NO_COLOR") != nil ? .none : term == "linux" ? .basic : .indexed
    let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
    let characters = locale.lowercased().filter { $0 != "-" }
    isUnicode = characters.contains("utf8")
    self.size = isTerminal ? size : nil
  }

  /// The style of this process's standard output.
  package static var current: TerminalStyle {
    TerminalStyle(isTerminal: Terminal.isTerminal(.output), size: Terminal.size, variable: Terminal.variable)
  }
}
