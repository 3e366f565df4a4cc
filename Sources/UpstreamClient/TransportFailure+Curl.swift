import AgentCore
import CCurl

extension TransportFailure {
  /// The cause behind a curl code; `line` is what curl said of it.
  ///
  /// | curl | here |
  /// |---|---|
  /// | 6, or a time-out before the name was known | `nameResolution` |
  /// | 7, or a time-out before there was a connection | `connect` |
  /// | 28 otherwise | `timedOut` |
  /// | 35 and what concerns certificates and ciphers | `tls` with curl's line |
  /// | 5, 97, or a CONNECT that the proxy refused | `proxy` with its status, 0 without one |
  /// | 16, 18, 52, 55, 56, 92 | `interrupted` |
  /// | 27 before the header was complete (a line longer than curl keeps) | `tooLarge` |
  /// | 1, 8 (an answer that is no HTTP) | `malformed` |
  /// | the rest | `local` |
  init(_ code: CURLcode, of easy: EasyHandle, headIsComplete: Bool) {
    let proxyStatus = easy.number(CURLINFO_HTTP_CONNECTCODE)
    let line = easy.errorLine(code)
    switch code {
    case CURLE_OPERATION_TIMEDOUT: self = TransportFailure.timeout(of: easy)
    case _ where proxyStatus >= 300: self = .proxy(proxyStatus)
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxy(0)
    case CURLE_COULDNT_RESOLVE_HOST: self = .nameResolution
    case CURLE_COULDNT_CONNECT: self = .connect
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      self = .interrupted
    case CURLE_OUT_OF_MEMORY where !headIsComplete:
      self = .tooLarge(limit: Limits.answerHeaderBytes)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: self = .malformed(line)
    case _ where TransportFailure.isTLS(code): self = .tls(line)
    default: self = .local(line)
    }
  }

  private static func timeout(of easy: EasyHandle) -> TransportFailure {
    if easy.quantity(CURLINFO_NAMELOOKUP_TIME_T) == 0 { return .nameResolution }
    if easy.quantity(CURLINFO_CONNECT_TIME_T) == 0 { return .connect }
    return .timedOut
  }

  private static func isTLS(_ code: CURLcode) -> Bool {
    switch code {
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT,
      CURLE_SSL_SHUTDOWN_FAILED, CURLE_USE_SSL_FAILED:
      true
    default: false
    }
  }
}
