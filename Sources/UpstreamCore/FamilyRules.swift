/// The upstream's rules for one family: each is a function of values and may be run again.
///
/// The shell loads the family, calls `handle`, stores what the outcome says by compare-and-set, and only then answers.
/// Time is the later of the shell's and the family's last.
package enum FamilyRules {
  /// `family` is nil where the store has none; only a parent's `create` makes one.
  package static func handle(
    _ request: FamilyRequest, family: Family?, presence: FamilyPresence, catalogue: CatalogueHeads,
    calendar: FamilyCalendar, now: UpstreamInstant
  ) -> Outcome {
    if case .parent(.create(let id)) = request { return create(id: id, family: family, presence: presence, now: now) }
    guard let family else { return Outcome(presence: presence, answer: .refused(absence(of: request))) }
    var turn = FamilyTurn(
      family: family, presence: presence, catalogue: catalogue, calendar: calendar, now: max(now, family.lastTime))
    let answer =
      switch request {
      case .device(let call): handle(call, &turn)
      case .token(let device, let thumbprint): token(device: device, thumbprint: thumbprint, &turn)
      case .pair(let box, let candidate): pair(box, candidate: candidate, &turn)
      case .parent(let action): perform(action, &turn)
      }
    return turn.outcome(answer)
  }

  /// What the next policy of the family has to say of itself.
  package static func policyDraft(of family: Family, now: UpstreamInstant) -> PolicyDraft {
    PolicyDraft(
      family: family.id, version: (family.policy?.version ?? 0) + 1, previousSHA256: family.policy?.sha256,
      issuedAt: max(now, family.lastTime).wallTime)
  }

  private static func create(id: String, family: Family?, presence: FamilyPresence, now: UpstreamInstant) -> Outcome {
    Outcome(
      family: family == nil ? Family(id: id, createdAt: now) : nil, presence: presence, answer: .done)
  }

  private static func absence(of request: FamilyRequest) -> FamilyRefusal {
    switch request {
    case .device: .tokenInvalid
    case .token: .invalidClient
    case .pair, .parent: .notFound
    }
  }
}
