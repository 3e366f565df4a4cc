import Glibc

/// The standard streams of a program that a person or a script runs.
package enum Terminal {
  package enum Stream: Int32, Sendable { case input = 0, output = 1, error = 2 }

  package struct Size: Sendable, Equatable {
    package var columns: Int
    package var rows: Int
    package init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }
  }

  package static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// An environment variable; nil where it is unset or empty.
  package static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The size of the terminal at standard output; nil where there is none or it does not say.
  package static var size: Size? {
    var size = winsize()
    guard unsafe ioctl(Stream.output.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Writes a text whole, unbuffered.
  ///
  /// - Throws: `TerminalError` where it cannot be written (a full disk, a closed stream).
  package static func write(_ text: String, to stream: Stream) throws(TerminalError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0 && errno != EINTR {
        throw TerminalError(.output, "the output cannot be written", cause: "write: errno \(errno)")
      }
    }
  }
}
