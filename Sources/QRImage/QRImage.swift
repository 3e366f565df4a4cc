import CQREncode
import Glibc

/// A text as a QR code (ISO/IEC 18004): a square of dark and light modules, byte mode, error correction level L.
package struct QRImage: Sendable, Equatable {
  /// Modules in a row, without the margin.
  package let width: Int
  private let darkModules: [Bool]

  /// - Throws: `QRImageError` for a text that is empty, holds a zero byte or is over `textBytes`.
  package init(_ text: String) throws(QRImageError) {
    guard (1...Self.textBytes).contains(text.utf8.count), !text.utf8.contains(0) else {
      throw QRImageError(.unsuitable, "a QR code holds 1 to \(Self.textBytes) bytes without a zero")
    }
    guard let code = unsafe QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1) else {
      throw QRImageError(
        .encoding, "the text cannot be drawn as a QR code", cause: "QRcode_encodeString: errno \(errno)")
    }
    defer { unsafe QRcode_free(code) }
    width = Int(unsafe code.pointee.width)
    let modules = unsafe UnsafeBufferPointer(start: code.pointee.data, count: width * width)
    // The lowest bit of a module says whether it is dark (qrencode.h, QRcode).
    darkModules = unsafe modules.map { $0 & 1 == 1 }
  }

  /// What version 40 holds in byte mode at level L (ISO/IEC 18004, table 7).
  package static let textBytes = 2_953

  /// Whether a module is dark. The margin around the code is light.
  package func isDark(column: Int, row: Int) -> Bool {
    (0..<width).contains(column) && (0..<width).contains(row) && darkModules[row * width + column]
  }
}
