// Question and answer as JSON documents (`spec/policy.md` §2).
extension Question: Decodable {
  private enum CodingKeys: String, CodingKey {
    case profile, at, title, app, used
    case policyAgeSeconds = "policy_age_s"
  }

  /// What a question leaves out is null, or nothing used, or just confirmed.
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      profile: try members.decode(String.self, forKey: .profile), at: try members.decode(WallTime.self, forKey: .at),
      title: try members.decodeIfPresent(TitleFacts.self, forKey: .title),
      app: try members.decodeIfPresent(String.self, forKey: .app),
      used: try members.decodeIfPresent(Used.self, forKey: .used) ?? Used(),
      policyAgeSeconds: try members.decodeWholeWhereGiven(Int64.self, .policyAgeSeconds) ?? 0)
  }
}

extension TitleFacts: Decodable {
  private enum CodingKeys: String, CodingKey {
    case ratings, genres, descriptors
    case reference = "ref"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      reference: try members.decode(TitleReference.self, forKey: .reference),
      ratings: try members.decodeIfPresent([Rating].self, forKey: .ratings) ?? [],
      genres: try members.decodeIfPresent([String].self, forKey: .genres) ?? [],
      descriptors: try members.decodeIfPresent([String].self, forKey: .descriptors) ?? [])
  }
}

extension Used: Decodable {
  private enum CodingKeys: String, CodingKey {
    case totalSeconds = "total_s"
    case appSeconds = "apps"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      totalSeconds: try members.decodeWholeWhereGiven(Int64.self, .totalSeconds) ?? 0,
      appSeconds: try members.decodeIfPresent([String: Int64].self, forKey: .appSeconds) ?? [:])
  }
}

extension Decision: Codable {
  private enum CodingKeys: String, CodingKey {
    case verdict, reasons, until
    case remainingSeconds = "remaining_s"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      verdict: try members.decode(Verdict.self, forKey: .verdict),
      reasons: try members.decode([Reason].self, forKey: .reasons),
      until: try members.decodeIfPresent(WallTime.self, forKey: .until),
      remainingSeconds: try members.decodeIfPresent(Int64.self, forKey: .remainingSeconds))
  }

  /// All four members, null where there is nothing.
  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(verdict, forKey: .verdict)
    try members.encode(reasons, forKey: .reasons)
    try members.encode(until, forKey: .until)
    try members.encode(remainingSeconds, forKey: .remainingSeconds)
  }
}
