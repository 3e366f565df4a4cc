import CCurl

/// The parts of an absolute `http` or `https` address that decide whom it reaches (RFC 3986 §3.2), read by curl's own
/// parser, so that what is judged is what is asked.
struct WebAddress: Equatable {
  var scheme: String
  /// In lower case; an IPv6 address without brackets.
  var host: String
  var port: String

  /// Nil where the text is no absolute address of either scheme, or carries credentials.
  init?(_ text: String) {
    guard let parser = unsafe curl_url() else { return nil }
    defer { unsafe curl_url_cleanup(parser) }
    let code = unsafe text.withCString { unsafe curl_url_set(parser, CURLUPART_URL, $0, 0) }
    guard code == CURLUE_OK, unsafe WebAddress.part(CURLUPART_USER, of: parser) == nil,
      let scheme = unsafe WebAddress.part(CURLUPART_SCHEME, of: parser)?.lowercased(),
      scheme == "https" || scheme == "http",
      let host = unsafe WebAddress.part(CURLUPART_HOST, of: parser)?.lowercased(),
      let port = unsafe WebAddress.part(CURLUPART_PORT, of: parser)
    else { return nil }
    self.scheme = scheme
    self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
    self.port = port
  }

  /// It names this machine itself: `localhost`, 127.0.0.0/8 or ::1.
  var isLoopback: Bool { host == "localhost" || WebAddress.isLoopback(address: host) }

  /// May be asked at all: encrypted, or within this machine (`spec/wire.md` §7).
  var isAllowed: Bool { scheme == "https" || isLoopback }

  /// True for a numeric address of 127.0.0.0/8 or ::1.
  static func isLoopback(address: String) -> Bool {
    if address == "::1" { return true }
    let bytes = address.split(separator: ".", omittingEmptySubsequences: false)
    return bytes.count == 4 && bytes[0] == "127" && bytes.allSatisfy { UInt8($0) != nil }
  }

  private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    let code = unsafe curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT))
    guard code == CURLUE_OK, let found = unsafe text else { return nil }
    defer { unsafe curl_free(found) }
    return unsafe String(cString: found)
  }
}

/// What may stand in the settings as the upstream's address.
package enum UpstreamAddress {
  /// An absolute address that may be asked (https, or http to loopback), with nothing but host, port and path.
  package static func isBase(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("#"), !text.contains("?"),
      !text.contains(":///"), !text.contains("@"), let address = WebAddress(text), let port = UInt16(address.port)
    else { return false }
    return port > 0 && address.isAllowed && !address.host.isEmpty
  }
}
