import AgentCore
import QRImage
import Terminal

/// A code that the box shows, with the address where a parent types it.
struct PairingCode {
  let userCode: String
  let address: String
  /// The address that has the code in it already.
  let completeAddress: String
  /// When it was answered.
  let secondsLeft: UInt32

  init(_ answer: BusAnswer) throws {
    userCode = try answer.string(0)
    address = try answer.string(1)
    completeAddress = try answer.string(2)
    secondsLeft = try answer.uint32(3)
  }

  var json: JSONValue {
    [
      "user_code": .string(userCode), "verification_uri": .string(address),
      "verification_uri_complete": .string(completeAddress), "expires_in_s": .integer(Int64(secondsLeft)),
    ]
  }

  /// The QR code as lines; none where colours may not be set or it does not fit, with a remark for the latter.
  func drawing(for style: TerminalStyle) -> (lines: [String], remark: String?) {
    let palette: QRImage.Palette
    switch style.colours {
    case .none: return ([], nil)
    case .basic: palette = .basic
    case .indexed: palette = .indexed
    }
    guard let image = try? QRImage(completeAddress) else {
      return ([], "The address is too long for a QR code.")
    }
    let shape: QRImage.Shape = style.isUnicode ? .halfBlocks : .spaces
    let size = style.size ?? Self.usualSize
    guard image.columns(shape) <= size.columns, image.rows(shape) <= size.rows else {
      let needed = "\(image.columns(shape)) columns and \(image.rows(shape)) rows"
      return ([], "For a QR code the terminal has to have \(needed).")
    }
    return (image.lines(shape, palette), nil)
  }

  /// Where a terminal does not say how large it is.
  private static let usualSize = Terminal.Size(columns: 80, rows: 24)
}
