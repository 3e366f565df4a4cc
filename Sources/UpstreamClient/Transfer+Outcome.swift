import AgentCore
import CCurl

extension Transfer {
  /// What follows from the end of an exchange.
  enum Outcome {
    case response(HTTPResponse)
    /// Ask again: where a redirect led, or from the beginning of the file.
    case again
  }

  /// Judges the exchange that ended with `code`; every failure is thrown.
  func outcome(of easy: EasyHandle, _ code: CURLcode) throws(TransportFailure) -> Outcome {
    if failure == .mismatch, try retriesWholeFile() { return .again }
    if let failure { throw failure }
    guard code == CURLE_OK else {
      throw TransportFailure(code, of: easy, headIsComplete: head.isComplete)
    }
    if let target = try redirectTarget(of: easy) {
      url = target
      redirectsFollowed += 1
      return .again
    }
    if isReceivingFile, let file {
      do throws(TransportFailure) { try file.finish() } catch {
        if error == .mismatch, try retriesWholeFile() { return .again }
        throw error
      }
    } else if head.status == 416 {
      // What lies there is no beginning of what the server has.
      file?.discard()
    }
    return .response(
      HTTPResponse(
        status: head.status, headers: head.headers, body: body, isStored: isReceivingFile,
        isAuthentic: isAuthentic(easy)))
  }

  /// A mismatch may be the fault of bytes that an earlier try left: then the whole is fetched once more.
  private func retriesWholeFile() throws(TransportFailure) -> Bool {
    guard let file else { return false }
    let isResumed = file.isResumed
    if isResumed { try file.restart() } else { file.discard() }
    return isResumed
  }

  /// Where a redirect leads that is to be followed; nil for any other answer.
  private func redirectTarget(of easy: EasyHandle) throws(TransportFailure) -> String? {
    guard (300..<400).contains(head.status), head.status != 304,
      let target = easy.text(CURLINFO_REDIRECT_URL)
    else { return nil }
    guard let address = WebAddress(target), address == WebAddress(url) else { throw .captivePortal }
    guard isFollowableRedirect else { return nil }
    guard redirectsFollowed < Limits.redirects else { throw .malformed("more than \(Limits.redirects) redirects") }
    return target
  }

  private func isAuthentic(_ easy: EasyHandle) -> Bool {
    guard let address = WebAddress(url) else { return false }
    if address.scheme == "https" { return true }
    return easy.text(CURLINFO_PRIMARY_IP).map(WebAddress.isLoopback(address:)) ?? false
  }
}
