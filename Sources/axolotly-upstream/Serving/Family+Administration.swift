import UpstreamCore

extension Family {
  var deviceLines: [AdminDocuments.DeviceLine] {
    devices.values.sorted { ($0.pairedAt, $0.id) < ($1.pairedAt, $1.id) }.map { device in
      let state =
        switch device.state {
        case .active: "active"
        case .unpaired: "unpaired"
        case .revoked: "revoked"
        }
      return AdminDocuments.DeviceLine(
        device: device.id, state: state, model: device.info.model, host: device.info.host, agent: device.info.agent,
        paired_at: device.pairedAt.wallTime, last_request_at: device.lastRequestAt?.wallTime,
        policy: device.report?.policyVersion, policy_applied_at: device.report?.policyAppliedAt,
        refused: device.report?.refused, shelves: device.report?.shelves ?? [], health: device.report?.health ?? [],
        usage: device.usage)
    }
  }

  var requestLines: [AdminDocuments.RequestLine] {
    requests.values.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.map { request in
      var line = AdminDocuments.RequestLine(
        request: request.id, profile: request.profile, at: request.at, granted: request.answer?.isGranted)
      switch request.asks {
      case .title(let title): line.title = title
      case .time(let minutes): line.minutes = minutes
      }
      return line
    }
  }
}
