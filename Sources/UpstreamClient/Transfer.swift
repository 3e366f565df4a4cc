import AgentCore

/// One request under way, over all its redirects; curl's callbacks write into it. Confined to the transport's thread.
final class Transfer {
  let id: RequestID
  let request: HTTPRequest
  /// CLOCK_MONOTONIC, nanoseconds.
  let deadline: Int64
  /// The address asked now: the request's own, or where a redirect led.
  var url: String
  var redirectsFollowed = 0
  /// The file that the body goes to, if it goes to one.
  let file: BlobFile?

  // Of the exchange that runs now.
  var easy: EasyHandle?
  private(set) var head = AnswerHead()
  private(set) var body: [UInt8] = []
  private(set) var pace: BodyPace
  /// Why we ended the exchange ourselves.
  private(set) var failure: TransportFailure?
  private var sink = Sink.memory(limit: Limits.otherBodyBytes)
  private let freshPace: BodyPace

  private enum Sink {
    case memory(limit: Int)
    case file(BlobFile)
  }

  init(id: RequestID, request: HTTPRequest, deadline: Int64, pace: BodyPace, file: BlobFile?) {
    self.id = id
    self.request = request
    self.deadline = deadline
    self.url = request.url
    self.file = file
    (self.pace, freshPace) = (pace, pace)
  }

  /// Forgets the exchange before a further one.
  func beginExchange() {
    (head, body, pace, failure) = (AnswerHead(), [], freshPace, nil)
    sink = .memory(limit: Limits.otherBodyBytes)
  }

  /// The body of this answer is the file, or a part of it.
  var isReceivingFile: Bool {
    if case .file = sink { true } else { false }
  }

  /// A redirect that this request may follow (`spec/wire.md` §0).
  var isFollowableRedirect: Bool {
    switch head.status {
    case 307, 308: true
    case 301, 302: request.method == .get
    default: false
    }
  }

  /// Takes a line of the header; false ends the transfer.
  func takeHeader(_ line: [UInt8]) -> Bool {
    switch head.take(line) {
    case .more: true
    case .tooLarge: end(.tooLarge(limit: Limits.answerHeaderBytes))
    case .complete: chooseSink()
    }
  }

  /// Takes bytes of the body; false ends the transfer.
  func takeBody(_ bytes: [UInt8], at now: Int64) -> Bool {
    pace.count(bytes.count, at: now)
    switch sink {
    case .memory(let limit):
      guard body.count + bytes.count <= limit else { return end(.tooLarge(limit: limit)) }
      body += bytes
    case .file(let file):
      do throws(TransportFailure) { try file.append(bytes) } catch { return end(error) }
    }
    return true
  }

  /// True where the body came too slowly for too long.
  func isTooSlow(at now: Int64) -> Bool { pace.isTooSlow(at: now) }

  private func end(_ failure: TransportFailure) -> Bool {
    self.failure = failure
    return false
  }

  private func chooseSink() -> Bool {
    let isWhole = head.status == 200
    if isWhole || head.status == 206, let expected = request.expectedType,
      HTTPResponse.mediaType(head.headers["content-type"]) != expected
    {
      return end(.captivePortal)
    }
    if let file, isWhole || head.status == 206 {
      sink = .file(file)
      return isWhole ? startFile(file) : continueFile(file)
    }
    let limit: Int =
      if case .memory(let limit) = request.sink, (200..<300).contains(head.status) { limit } else {
        Limits.otherBodyBytes
      }
    sink = .memory(limit: limit)
    if let length = head.headers["content-length"].flatMap({ Int($0) }), length > limit {
      return end(.tooLarge(limit: limit))
    }
    return true
  }

  private func startFile(_ file: BlobFile) -> Bool {
    guard file.have > 0 else { return true }
    do throws(TransportFailure) { try file.restart() } catch { return end(error) }
    return true
  }

  /// `Content-Range: bytes FIRST-LAST/WHOLE` (RFC 9110 §14.4) must go on where the file stopped.
  private func continueFile(_ file: BlobFile) -> Bool {
    guard head.headers["content-range"] == "bytes \(file.have)-\(file.bytes - 1)/\(file.bytes)" else {
      return end(.mismatch)
    }
    return true
  }
}
