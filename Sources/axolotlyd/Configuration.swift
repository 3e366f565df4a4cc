import FoundationEssentials
import SystemdHost
import UpstreamClient

/// The daemon's settings: file, drop-ins, environment, options; the later wins (design, The CLI).
struct Configuration: Sendable, Equatable {
  var state = "/var/lib/axolotly"
  var runtime = "/run/axolotly"
  var upstream = ""
  /// Directories of handler files; of two files with one name the later directory's counts.
  var handlers = ["/usr/share/axolotly/handlers.d", "/etc/axolotly/handlers.d"]
  var extraCA: String?
  var proxy: String?
  var logLevel = "info"
  /// `system`, `off`, or the address of another bus.
  var systemBus = "system"

  static let defaultFile = "/etc/axolotly/agent.json"
  private static let fileBytes = 64 << 10
  private static let addressBytes = 2_048

  /// What a settings file may say; unknown members are refused by name, so that a typing error is not obeyed as silence.
  private struct File: Decodable {
    var state: String?
    var runtime: String?
    var upstream: String?
    var handlers: [String]?
    var extraCA: String?
    var proxy: String?
    var logLevel: String?
    var systemBus: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case state, runtime, upstream, handlers, proxy
      case extraCA = "extra_ca"
      case logLevel = "log_level"
      case systemBus = "system_bus"
    }

    struct AnyKey: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
      if let unknown = names.sorted().first(where: { CodingKeys(stringValue: $0) == nil }) {
        throw ConfigurationError("unknown setting \"\(unknown)\"; known are \(Self.known)")
      }
      let values = try decoder.container(keyedBy: CodingKeys.self)
      state = try values.decodeIfPresent(String.self, forKey: .state)
      runtime = try values.decodeIfPresent(String.self, forKey: .runtime)
      upstream = try values.decodeIfPresent(String.self, forKey: .upstream)
      handlers = try values.decodeIfPresent([String].self, forKey: .handlers)
      extraCA = try values.decodeIfPresent(String.self, forKey: .extraCA)
      proxy = try values.decodeIfPresent(String.self, forKey: .proxy)
      logLevel = try values.decodeIfPresent(String.self, forKey: .logLevel)
      systemBus = try values.decodeIfPresent(String.self, forKey: .systemBus)
    }

    private static var known: String { CodingKeys.allCases.map(\.stringValue).sorted().joined(separator: ", ") }
  }

  /// Reads a settings file into these settings. A missing one is an error only where it `isNamed` by the user.
  mutating func read(file path: String, isNamed: Bool) throws {
    guard let bytes = try ReadFile.bytes(path, limit: Self.fileBytes) else {
      if isNamed { throw ConfigurationError("the settings file \(path) does not exist; check --config") }
      return
    }
    do {
      take(try JSONDecoder().decode(File.self, from: Data(bytes)))
    } catch let error as ConfigurationError {
      throw ConfigurationError("\(path): \(error.message)")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
      let name = context.codingPath.map(\.stringValue).joined(separator: ".")
      guard !name.isEmpty else { throw ConfigurationError("\(path) is no JSON object; mend it or remove it") }
      throw ConfigurationError("\(path): setting \"\(name)\" has the wrong type; see axolotlyd(8)")
    } catch {
      throw ConfigurationError("\(path) is no JSON object; mend it or remove it")
    }
  }

  private mutating func take(_ file: File) {
    state = file.state ?? state
    runtime = file.runtime ?? runtime
    upstream = file.upstream ?? upstream
    handlers = file.handlers ?? handlers
    extraCA = file.extraCA ?? extraCA
    proxy = file.proxy ?? proxy
    logLevel = file.logLevel ?? logLevel
    systemBus = file.systemBus ?? systemBus
  }

  /// The same settings by `AXOLOTLY_STATE`, `_RUNTIME`, `_UPSTREAM`, `_HANDLERS` (with colons), `_EXTRA_CA`, `_PROXY`, `_LOG_LEVEL`,
  /// `_SYSTEM_BUS`.
  mutating func read(environment: (String) -> String?) {
    func value(_ name: String) -> String? { environment("AXOLOTLY_" + name).flatMap { $0.isEmpty ? nil : $0 } }
    state = value("STATE") ?? state
    runtime = value("RUNTIME") ?? runtime
    upstream = value("UPSTREAM") ?? upstream
    handlers = value("HANDLERS").map { $0.split(separator: ":").map(String.init) } ?? handlers
    extraCA = value("EXTRA_CA") ?? extraCA
    proxy = value("PROXY") ?? proxy
    logLevel = value("LOG_LEVEL") ?? logLevel
    systemBus = value("SYSTEM_BUS") ?? systemBus
  }

  /// Refuses what cannot work, by the setting's name and its bounds.
  mutating func check() throws {
    while upstream.hasSuffix("/"), !upstream.hasSuffix("://") { upstream.removeLast() }
    guard !upstream.isEmpty else {
      throw ConfigurationError("no upstream is set; give --upstream URL or \"upstream\" in \(Self.defaultFile)")
    }
    guard upstream.utf8.count <= Self.addressBytes, UpstreamAddress.isBase(upstream) else {
      throw ConfigurationError(
        "upstream \"\(Self.shown(upstream))\" is no https address (http only to loopback, at most \(Self.addressBytes) bytes, no password, query or fragment)"
      )
    }
    if let proxy, proxy.isEmpty || !proxy.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      throw ConfigurationError("proxy \"\(Self.shown(proxy))\" is no address such as http://proxy.example:3128")
    }
    if let extraCA, (try? FileFacts.read(extraCA)) == nil {
      throw ConfigurationError("extra_ca \"\(Self.shown(extraCA))\" cannot be read; name a PEM file of certificates")
    }
    guard Log.Level(name: logLevel) != nil else {
      let names = Log.Level.allCases.map(\.name).joined(separator: ", ")
      throw ConfigurationError("log_level \"\(logLevel)\" is none of \(names)")
    }
    guard ["system", "off"].contains(systemBus) || BusAddress(systemBus) != nil else {
      throw ConfigurationError("system_bus \"\(systemBus)\" is neither system nor off nor an address unix:path=FILE")
    }
    let paths = [("state", state), ("runtime", runtime)] + handlers.map { ("handlers", $0) }
    for (name, path) in paths where !path.hasPrefix("/") || path.utf8.contains(0) {
      throw ConfigurationError("\(name) \"\(Self.shown(path))\" is no absolute path; write it from / on")
    }
  }

  /// The bus to have a name on: as every program finds the system bus, another one, or none.
  func systemBusAddress(environment: (String) -> String?) -> String? {
    switch systemBus {
    case "off": nil
    case "system":
      environment("DBUS_SYSTEM_BUS_ADDRESS").flatMap { $0.isEmpty ? nil : $0 } ?? BusAddress.usualSystemBus
    default: systemBus
    }
  }

  /// A wrong value as it is said: one line of bounded length, without a password.
  private static func shown(_ value: String) -> String {
    let line = String(value.prefix(200).map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? $0 : "?" })
    guard let at = line.lastIndex(of: "@"), let scheme = line.firstRange(of: "://") else { return line }
    return scheme.upperBound < at ? line[..<scheme.upperBound] + "…" + line[at...] : line
  }
}

/// A setting that cannot be obeyed; one line.
struct ConfigurationError: Error, CustomStringConvertible {
  var message: String
  init(_ message: String) { self.message = message }
  var description: String { message }
}
