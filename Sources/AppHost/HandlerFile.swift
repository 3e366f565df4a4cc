import AgentCore

/// A file of `handlers.d` as it is written (`spec/links.md` §3), before its values are checked.
///
/// Members that are not listed here are ignored.
struct HandlerFile: Decodable {
  var id: String
  var app: String
  var services: [String]?
  var forms: [Locator.Form]?
  var kind: Handler.Kind
  var requires: Requires?
  var quality: Offer.Quality?
  var launch: Launch

  struct Requires: Decodable {
    var binary: String?
    var desktop: String?
    var flatpak: String?
  }

  struct Launch: Decodable {
    var argv: [String]
  }

  /// What is wrong with a file; the directory adds its path.
  struct Flaw: Error {
    var code = HandlerProblem.Code.badMember
    var message: String
  }

  /// The handler that the file describes.
  func handler() throws(Flaw) -> Handler {
    guard HandlerFile.isName(id) else {
      throw Flaw(message: "id has to be 1 to 64 of a-z0-9._-: \(id.debugDescription)")
    }
    let services = services ?? []
    guard services.allSatisfy(HandlerFile.isName) else { throw Flaw(message: "services has an entry that is no id") }
    let launch = try arguments()
    try checkUse(of: launch, services: services)
    return Handler(
      id: id, app: try policyApp(opensLinks: !services.isEmpty), services: services, forms: forms ?? [], kind: kind,
      requires: try requirement(), quality: quality, launch: launch)
  }

  private func policyApp(opensLinks: Bool) throws(Flaw) -> Handler.App {
    if app == "{service}" {
      guard opensLinks else { throw Flaw(message: "app is {service}, but services is empty") }
      return .service
    }
    guard HandlerFile.isName(app) else { throw Flaw(message: "app has to be {service} or an app's id") }
    guard kind == .native else {
      throw Flaw(
        message: "app of a \(kind.rawValue) handler has to be {service}, or its pages would pass an app's limits")
    }
    return .named(app)
  }

  private func arguments() throws(Flaw) -> [Handler.Argument] {
    guard let program = launch.argv.first, !program.isEmpty else { throw Flaw(message: "launch.argv is empty") }
    guard launch.argv.count <= Limits.handlerArguments else {
      throw Flaw(message: "launch.argv has more than \(Limits.handlerArguments) arguments")
    }
    var result: [Handler.Argument] = []
    for text in launch.argv {
      guard text.utf8.count <= Limits.handlerArgumentBytes, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw Flaw(
          message: "launch.argv has an argument over \(Limits.handlerArgumentBytes) bytes or with a control character")
      }
      do throws(Handler.Argument.UnknownPlaceholder) {
        result.append(try Handler.Argument(parsing: text))
      } catch {
        throw Flaw(code: .unknownPlaceholder, message: "unknown placeholder {\(error.name)} in launch.argv")
      }
    }
    guard !result[0].hasPlaceholder, !program.hasPrefix("-") else {
      throw Flaw(message: "launch.argv has to begin with the name or path of a program")
    }
    let name = String(program.split(separator: "/").last ?? "")
    guard !HandlerFile.runners.contains(name) else {
      throw Flaw(code: .shell, message: "\(name) runs what its arguments say; name the program itself")
    }
    return result
  }

  /// A handler for links has to pass the link on; an app that is started for itself gets none.
  private func checkUse(of launch: [Handler.Argument], services: [String]) throws(Flaw) {
    let takesLink = launch.contains { argument in
      argument.pieces.contains {
        switch $0 {
        case .placeholder(.id), .placeholder(.canonical), .placeholder(.uri): true
        default: false
        }
      }
    }
    if services.isEmpty, takesLink { throw Flaw(message: "launch.argv takes a link, but services is empty") }
    if !services.isEmpty, !takesLink {
      throw Flaw(message: "launch.argv has none of {id}, {canonical} and {uri}, so every link would open the same")
    }
  }

  /// Without `requires` it is the program itself.
  private func requirement() throws(Flaw) -> Handler.Requirement {
    guard let requires else { return .binary(launch.argv.first ?? "") }
    switch (requires.binary, requires.desktop, requires.flatpak) {
    case (let name?, nil, nil) where !name.isEmpty: return .binary(name)
    case (nil, let name?, nil) where HandlerFile.isFileName(name): return .desktopEntry(name)
    case (nil, nil, let name?) where HandlerFile.isFileName(name): return .flatpak(name)
    default: throw Flaw(message: "requires has to name one of binary, desktop and flatpak")
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: ".") && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
          UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private static func isFileName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 255 && !text.hasPrefix(".") && !text.contains("/")
  }

  /// Shells, and programs that run another which their arguments name.
  private static let runners: Set<String> = [
    "sh", "ash", "bash", "busybox", "csh", "dash", "doas", "env", "fish", "ksh", "mksh", "nice", "nohup", "pkexec",
    "rbash", "runuser", "setsid", "stdbuf", "su", "sudo", "systemd-run", "tcsh", "timeout", "toybox", "xargs", "zsh",
  ]
}
