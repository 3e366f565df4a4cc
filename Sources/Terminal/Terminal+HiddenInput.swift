import Glibc

// What is typed without being shown.
extension Terminal {
  /// Bytes of a hidden line; further ones are ignored.
  package static let hiddenBytes = 256

  /// Asks for a line that the terminal does not show; nil where the person gives up (ctrl-C, or ctrl-D on nothing).
  ///
  /// Signals of the keyboard are off meanwhile, so that the terminal always gets its echo back.
  /// - Throws: `TerminalError` where standard input is no terminal.
  package static func readHidden(prompt: String) throws(TerminalError) -> String? {
    var usual = termios()
    guard unsafe tcgetattr(Stream.input.rawValue, &usual) == 0 else {
      throw TerminalError(.input, "standard input is no terminal", cause: "tcgetattr: errno \(errno)")
    }
    var hidden = usual
    hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    guard unsafe tcsetattr(Stream.input.rawValue, TCSAFLUSH, &hidden) == 0 else {
      throw TerminalError(.input, "the terminal's echo cannot be switched off", cause: "tcsetattr: errno \(errno)")
    }
    defer { _ = unsafe tcsetattr(Stream.input.rawValue, TCSAFLUSH, &usual) }
    try write(prompt, to: .error)
    var line = HiddenLine()
    while !line.isOver { line.take(readByte()) }
    try write("\n", to: .error)
    return line.text
  }

  private static func readByte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(Stream.input.rawValue, &byte, 1)
      if count == 1 { return byte }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}

/// A line that is typed byte by byte, with the usual keys to correct it.
///
/// | byte | what it does |
/// |---|---|
/// | return, newline | ends the line |
/// | ctrl-C | gives up |
/// | ctrl-D, end of input | gives up where nothing was typed, else ends the line |
/// | delete, backspace | takes the last character away |
/// | ctrl-U | takes all away |
/// | other control bytes | nothing |
package struct HiddenLine: Sendable, Equatable {
  package private(set) var isOver = false
  private var bytes: [UInt8] = []
  private var isGivenUp = false

  package init() {}

  /// What was typed; nil where the person gave up.
  package var text: String? { isGivenUp ? nil : String(decoding: bytes, as: UTF8.self) }

  /// Takes the next byte; nil is the end of input.
  package mutating func take(_ byte: UInt8?) {
    switch byte {
    case 0x0A, 0x0D: isOver = true
    case 0x03: (isOver, isGivenUp) = (true, true)
    case 0x04, nil: (isOver, isGivenUp) = (true, bytes.isEmpty)
    case 0x08, 0x7F: removeLastCharacter()
    case 0x15: bytes = []
    case .some(let byte) where byte >= 0x20 && bytes.count < Terminal.hiddenBytes: bytes.append(byte)
    default: break
    }
  }

  private mutating func removeLastCharacter() {
    while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
  }
}
