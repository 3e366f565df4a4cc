import AgentCore

extension WireAnswer {
  /// An error answer: the status always, the name where a document of the right form gives one (`spec/wire.md` §0).
  ///
  /// A problem document counts at every endpoint (a revocation is told by one at the token endpoint too), an OAuth
  /// error only at those of §1. What cannot be read is left out, it never fails the answer.
  static func problem(in response: HTTPResponse, isOAuth: Bool, _ date: WallTime?) -> UpstreamAnswer.Problem {
    var problem = UpstreamAnswer.Problem(status: response.status)
    problem.retryAfter = response.headers["retry-after"].flatMap { HTTPDate.readDelay($0, answered: date) }
    switch response.contentType {
    case "application/problem+json":
      guard let document = try? WireJSON.decode(ProblemDocument.self, response.body),
        document.type.hasPrefix(ProblemDocument.prefix)
      else { break }
      problem.name = String(document.type.dropFirst(ProblemDocument.prefix.count))
      problem.expected = document.expected
      problem.epoch = document.epoch
    case "application/json" where isOAuth:
      problem.name = (try? WireJSON.decode(OAuthErrorDocument.self, response.body))?.error
    default:
      break
    }
    return problem
  }
}

/// RFC 9457, with the two members that `spec/wire.md` §5 adds.
private struct ProblemDocument: Decodable {
  static let prefix = "urn:axolotly:"
  var type: String
  var expected: Int?
  var epoch: Int?

  private enum CodingKeys: String, CodingKey { case type, expected, epoch }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    type = try document.decode(String.self, forKey: .type)
    expected = (try? document.decodeIfPresent(Int.self, forKey: .expected)).flatMap { $0 }
    epoch = (try? document.decodeIfPresent(Int.self, forKey: .epoch)).flatMap { $0 }
  }
}

/// RFC 6749 §5.2.
private struct OAuthErrorDocument: Decodable {
  var error: String
}
