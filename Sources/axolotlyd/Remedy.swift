import AgentCore

/// What a person can do about a fault; one line each.
enum Remedy {
  static func of(_ code: HealthItem.Code) -> String {
    switch code {
    case .upstreamUnreachable:
      "check the network cable or Wi-Fi and the upstream's address in the settings; it is asked again by itself"
    case .upstreamError:
      "the upstream has a fault, or is no Axolotly upstream: check its address; it is asked again by itself"
    case .dnsFailed:
      "check the network's name server and the upstream's address in the settings; it is asked again by itself"
    case .tlsFailed: "check the box's clock and the CA certificates"
    case .captivePortal: "sign in to this network with a browser, or use another network"
    case .proxyRefused: "check the proxy's address and credentials in the settings"
    case .tokenRefused: "if it stays: axolotlyctl unpair, then pair again"
    case .clone: "another box uses this identity: axolotlyctl unpair, then pair again"
    case .clockUntrusted: "connect the box once, so that it hears the time"
    case .clockStepped:
      "somebody set the system clock; decisions do not follow it: let the box's time service (timedatectl) set it right"
    case .policyRefused: "the last policy stays in force; the parent's app shows why the new one was refused"
    case .trustRefused: "the upstream's keys could not be renewed; tell its operator"
    case .policyStale: "connect the box, so that it hears whether its policy is still current"
    case .shelfRefused: "the old catalogue stays; it is tried again within an hour"
    case .shelfMissing: "a part of the catalogue is not here yet; it comes by itself"
    case .replicaDamaged: "the catalogue is fetched again by itself; if it comes back, check the storage"
    case .journalDamaged: "what could be saved was saved; check the storage"
    case .storageFull: "free space in the state directory"
    case .storageFailed: "check the storage; the system's log names the failed call"
    case .usageRejected: "nothing to do here; the upstream's operator sees it"
    case .safeMode:
      "the last policy stays in force; see why it crashed: journalctl -u axolotlyd; end the rest: systemctl restart axolotlyd"
    case .launchUnavailable:
      "start what apps are launched through: systemctl enable --now axolotly-launch.socket; if it listens, see journalctl -u 'axolotly-launch@*': 217/USER means that the user in its drop-in does not exist"
    case .busUnreachable:
      "the private socket serves meanwhile; start the system bus (systemctl start dbus), or set \"system_bus\": \"off\""
    case .busNameRefused:
      "install com.axolotly.Agent1.conf in /usr/share/dbus-1/system.d and run the daemon as user axolotly, then: systemctl reload dbus"
    case .busNameTaken: "another process owns com.axolotly.Agent1; find it with: busctl status com.axolotly.Agent1"
    case .handlerMissing: "install an app or a browser that opens the family's services"
    }
  }
}
