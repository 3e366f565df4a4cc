/// A pairing code: 8 of `BCDFGHJKLMNPQRSTVWXZ`, shown as `WDJB-MJHT`.
package struct PairingCode: Hashable, Sendable, Codable, CustomStringConvertible {
  package static let alphabet = "BCDFGHJKLMNPQRSTVWXZ"
  package static let length = 8

  /// The 8 letters, upper-case, without hyphen.
  package let letters: String

  /// Reads what a person typed: case, spaces and hyphens do not count. Nil for anything else.
  package init?(typed text: some StringProtocol) {
    var letters = ""
    for byte in text.utf8 where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
      let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      let upper = isLower ? byte - 32 : byte
      guard PairingCode.alphabet.utf8.contains(upper), letters.utf8.count < PairingCode.length else { return nil }
      letters.unicodeScalars.append(Unicode.Scalar(upper))
    }
    guard letters.utf8.count == PairingCode.length else { return nil }
    self.letters = letters
  }

  /// Takes the first 8 of the random bytes that name a letter without bias; nil where there are too few.
  package init?(randomBytes: some Sequence<UInt8>) {
    let alphabet = Array(PairingCode.alphabet.unicodeScalars)
    let fair = 256 / alphabet.count * alphabet.count
    var letters = String.UnicodeScalarView()
    for byte in randomBytes where Int(byte) < fair && letters.count < PairingCode.length {
      letters.append(alphabet[Int(byte) % alphabet.count])
    }
    guard letters.count == PairingCode.length else { return nil }
    self.letters = String(letters)
  }

  package var description: String { "\(letters.prefix(4))-\(letters.suffix(4))" }

  /// Compares in constant time.
  package func matches(_ other: PairingCode) -> Bool {
    zip(letters.utf8, other.letters.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let code = PairingCode(typed: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a pairing code")
    }
    self = code
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(letters)
  }
}
