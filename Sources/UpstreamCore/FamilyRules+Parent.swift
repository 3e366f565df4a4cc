import AgentCore

extension FamilyRules {
  static func perform(_ action: ParentAction, _ turn: inout FamilyTurn) -> FamilyAnswer {
    switch action {
    case .create: return .done
    case .setPolicy(let policy): return set(policy, &turn)
    case .revoke(let device): return remove(device, as: .revoked, &turn)
    case .command(let device, let command):
      guard let known = turn.family.devices[device], known.state == .active else { return .refused(.notFound) }
      guard known.commands.count < Limits.commands else { return .refused(.full) }
      guard !known.commands.contains(where: { $0.id == command.id }) else { return .done }
      turn.family.devices[device]?.commands.append(command)
      turn.wakes = true
      return .done
    case .answer(let request, let isGranted):
      guard let known = turn.family.requests[request] else { return .refused(.notFound) }
      if let answer = known.answer { return answer.isGranted == isGranted ? .done : .refused(.conflict) }
      let answer = ChildRequest.Answer(isGranted: isGranted, at: turn.wall)
      turn.family.requests[request]?.answer = answer
      turn.wakes = true
      return .done
    }
  }

  /// Compare-and-set on the version: a policy that was drafted before another came is a conflict.
  private static func set(_ policy: SignedPolicy, _ turn: inout FamilyTurn) -> FamilyAnswer {
    let held = turn.family.policy
    guard policy.version == (held?.version ?? 0) + 1, policy.previousSHA256 == held?.sha256 else {
      return .refused(.conflict)
    }
    if let held {
      let record = PolicyRecord(version: held.version, sha256: held.sha256, replacedAt: turn.now)
      turn.family.policyRecords.append(record)
      let surplus = turn.family.policyRecords.count - UpstreamLimits.policyRecords
      if surplus > 0 { turn.family.policyRecords.removeFirst(surplus) }
    }
    turn.family.policy = policy
    turn.wakes = true
    return .done
  }
}
