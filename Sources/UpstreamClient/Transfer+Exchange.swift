import AgentCore
import CCurl

extension Transfer {
  /// Makes the handle of the next exchange: all options explicitly, none left to a default that matters.
  func prepare(
    pool: ConnectionPool, settings: HTTPTransport.Settings, remaining: Duration
  ) throws(TransportFailure) -> EasyHandle {
    guard let address = WebAddress(url), address.isAllowed else {
      throw .local("\(url) is neither https nor http to loopback")
    }
    beginExchange()
    let easy = EasyHandle(pool: pool)
    try setAddress(address, of: easy, settings: settings)
    try setTrust(of: easy, settings: settings)
    try setTimes(of: easy, settings: settings, remaining: remaining)
    try setContent(of: easy)
    try unsafe easy.setCallbacks(
      header: takeHeaderLine, body: takeBodyBytes, context: Unmanaged.passUnretained(self).toOpaque())
    self.easy = easy
    return easy
  }

  private func setAddress(
    _ address: WebAddress, of easy: EasyHandle, settings: HTTPTransport.Settings
  ) throws(TransportFailure) {
    try easy.set(CURLOPT_URL, url)
    try easy.set(CURLOPT_PROTOCOLS_STR, address.isLoopback ? "http,https" : "https")
    try easy.set(CURLOPT_FOLLOWLOCATION, 0)
    try easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    try easy.set(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_WHATEVER))
    try easy.set(CURLOPT_FRESH_CONNECT, request.freshConnection ? 1 : 0)
    switch settings.proxy {
    case _ where address.isLoopback: try easy.set(CURLOPT_PROXY, "")
    case .none: try easy.set(CURLOPT_PROXY, "")
    case .environment: break
    case .address(let proxy): try easy.set(CURLOPT_PROXY, proxy)
    }
    try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  /// With an extra file, that stands in CAINFO and the system's CAs are found by directory.
  private func setTrust(of easy: EasyHandle, settings: HTTPTransport.Settings) throws(TransportFailure) {
    try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    try easy.set(CURLOPT_SSL_VERIFYPEER, 1)
    try easy.set(CURLOPT_SSL_VERIFYHOST, 2)
    guard let extra = settings.extraCAFile else { return }
    try easy.set(CURLOPT_CAINFO, extra)
    try easy.set(CURLOPT_CAPATH, easy.text(CURLINFO_CAPATH) ?? "/etc/ssl/certs")
  }

  private func setTimes(
    of easy: EasyHandle, settings: HTTPTransport.Settings, remaining: Duration
  ) throws(TransportFailure) {
    try easy.set(CURLOPT_NOSIGNAL, 1)
    try easy.set(CURLOPT_QUICK_EXIT, 1)
    try easy.set(CURLOPT_NOPROGRESS, 1)
    try easy.set(CURLOPT_TIMEOUT_MS, max(1, Int(remaining.wholeMilliseconds)))
    try easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(settings.connectTimeout.wholeMilliseconds)))
    // RFC 8305 §8 recommends 250 ms between the families; curl's own value, which R16 of the reports counts on.
    try easy.set(CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 200)
  }

  private func setContent(of easy: EasyHandle) throws(TransportFailure) {
    // No Accept-Encoding is sent: a blob's hash is over the bytes as served.
    var lines = request.headers.map { "\($0.name): \($0.value)" }
    // Without the first, curl would ask for leave before a long body.
    lines += ["Expect:", "Accept: \(request.expectedType.map { "\($0), application/problem+json" } ?? "*/*")"]
    if let file, file.have > 0 { lines.append("Range: bytes=\(file.have)-") }
    switch request.method {
    case .get, .delete: if let body = request.body { try easy.setBody(body) }
    case .post, .put: try easy.setBody(request.body ?? [])
    }
    try easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    try easy.setHeaders(lines)
  }
}

/// A line of the header, for the transfer behind `context`; see `axolotly_bytes_callback`.
private let takeHeaderLine: axolotly_bytes_callback = { bytes, size, count, context in
  guard let context = unsafe context else { return 0 }
  let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return unsafe transfer.takeHeader(copied(bytes, size * count)) ? size * count : 0
}

/// Bytes of the body, for the transfer behind `context`; see `axolotly_bytes_callback`.
private let takeBodyBytes: axolotly_bytes_callback = { bytes, size, count, context in
  guard let context = unsafe context, size * count > 0 else { return 0 }
  let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return unsafe transfer.takeBody(copied(bytes, size * count), at: monotonicNanoseconds()) ? size * count : 0
}

private func copied(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> [UInt8] {
  unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
}
