import AgentCore

/// One run of a rule: what it was given, what it has changed so far.
struct FamilyTurn {
  let before: Family
  var family: Family
  var presence: FamilyPresence
  let catalogue: CatalogueHeads
  let calendar: FamilyCalendar
  let now: UpstreamInstant
  var usage: [UsageRow] = []
  /// Held requests of the family have to look again.
  var wakes = false

  init(
    family: Family, presence: FamilyPresence, catalogue: CatalogueHeads, calendar: FamilyCalendar, now: UpstreamInstant
  ) {
    (before, self.family, self.presence) = (family, family, presence)
    (self.catalogue, self.calendar, self.now) = (catalogue, calendar, now)
  }

  var wall: WallTime { now.wallTime }
  var today: LocalDay { calendar.day(now.wallTime) }

  func outcome(_ answer: FamilyAnswer) -> Outcome {
    var outcome = Outcome(presence: presence, answer: answer)
    if family != before {
      outcome.family = family
      outcome.family?.lastTime = now
    }
    outcome.usage = usage
    outcome.wakeUps = wakes ? [family.id] : []
    return outcome
  }
}
