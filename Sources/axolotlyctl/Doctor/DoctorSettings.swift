import FoundationEssentials
import SystemdHost

/// What `doctor` needs of the daemon's settings; where they cannot be read it goes without.
struct DoctorSettings: Decodable {
  var upstream: String?
  var proxy: String?
  var extraCA: String?

  enum CodingKeys: String, CodingKey {
    case upstream, proxy
    case extraCA = "extra_ca"
  }

  private static let file = "/etc/axolotly/agent.json"
  private static let directory = "/etc/axolotly/agent.d"
  private static let bytes = 64 << 10

  /// The file, then its drop-ins; the later wins.
  static func read() -> DoctorSettings {
    let names = (try? DirectoryListing.names(directory)) ?? []
    var settings = DoctorSettings()
    for path in [file] + names.filter({ $0.hasSuffix(".json") }).map({ directory + "/" + $0 }) {
      guard let bytes = try? ReadFile.bytes(path, limit: bytes),
        let read = try? JSONDecoder().decode(DoctorSettings.self, from: Data(bytes))
      else { continue }
      settings.upstream = read.upstream ?? settings.upstream
      settings.proxy = read.proxy ?? settings.proxy
      settings.extraCA = read.extraCA ?? settings.extraCA
    }
    return settings
  }
}
