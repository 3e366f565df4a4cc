import AgentCore
import ArgumentParser
import LocalAPI

/// `profiles`: who the family's policy knows.
struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles", abstract: "List the family's profiles and the active one.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let listing = try ProfileListing(common.connect())
    if common.json { return try common.output.json(listing.json) }
    var table = Table([
      .init(heading: ""), .init(heading: "PROFILE"), .init(heading: "NAME", mayBeCut: true), .init(heading: "KIND"),
      .init(heading: "PIN"),
    ])
    for profile in listing.profiles {
      let mark = profile.id == listing.active ? "*" : ""
      table.add([mark, profile.id, profile.name, profile.kind, profile.hasPIN ? "yes" : "no"])
    }
    try table.print(to: common.output)
    if listing.active == nil {
      try common.output.remark("None is active; choose one with 'axolotlyctl select PROFILE'.")
    }
  }
}

/// What `Profiles` answers.
struct ProfileListing {
  struct Entry {
    let id: String
    let name: String
    let kind: String
    let hasPIN: Bool
  }

  let profiles: [Entry]
  let active: String?

  init(_ connection: AgentConnection) throws {
    let answer = try connection.launcher("Profiles")
    profiles = try answer.structures(0).map { members in
      guard members.count == 4, case .string(let id) = members[0], case .string(let name) = members[1],
        case .string(let kind) = members[2], case .boolean(let hasPIN) = members[3]
      else { throw CommandFailure.malformed("Profiles") }
      return Entry(id: id, name: name, kind: kind, hasPIN: hasPIN)
    }
    let active = try answer.string(1)
    self.active = active.isEmpty ? nil : active
  }

  var json: JSONValue {
    let entries = profiles.map { profile -> JSONValue in
      [
        "id": .string(profile.id), "name": .string(profile.name), "kind": .string(profile.kind),
        "pin": .bool(profile.hasPIN),
      ]
    }
    return ["active": JSONValue(active), "profiles": .array(entries)]
  }
}
