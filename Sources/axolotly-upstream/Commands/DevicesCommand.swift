import AgentCore
import ArgumentParser
import UpstreamCore

struct DevicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "List and revoke a family's boxes.", subcommands: [List.self, Revoke.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a family's boxes and what they run.")
    @Argument(help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let list = try await options.client().get(
        AdminDocuments.DeviceList.self, "families/\(AdminClient.escaped(family))/devices")
      if options.json { return print(try JSON.text(list)) }
      print(DevicesCommand.table(list.devices))
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a box out of its family; it erases itself.")
    @Argument(help: "The family's id.") var family: String
    @Argument(help: "The device's id.") var device: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let path = "families/\(AdminClient.escaped(family))/devices/\(AdminClient.escaped(device))"
      _ = try await options.client().send("DELETE", path)
      print(options.json ? "{}" : "\(device) is revoked")
    }
  }

  static func table(_ devices: [AdminDocuments.DeviceLine]) -> String {
    var table = Table(["DEVICE", "STATE", "MODEL", "HOST", "POLICY", "SINCE", "TITLES", "HEALTH"])
    for device in devices {
      let titles = device.shelves.reduce(0) { $0 + $1.titles }
      table.add([
        device.device, device.state, device.model, device.host, device.policy.map(String.init) ?? "-",
        device.policy_applied_at?.description ?? "-", String(titles),
        device.health.isEmpty ? "good" : device.health.map(\.code).joined(separator: ","),
      ])
    }
    return table.text
  }
}
