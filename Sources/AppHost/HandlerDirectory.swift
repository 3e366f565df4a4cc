import AgentCore
import FoundationEssentials

/// The files of `handlers.d`, the vendor's directory and the ones that override it (`spec/links.md` §3).
package enum HandlerDirectory {
  /// Reads every `*.json` of the directories, in the order of their names.
  ///
  /// Of files with the same name the one in the later directory counts alone; an empty one, or a link to `/dev/null`,
  /// takes the handler away. A directory that does not exist is none. A file that cannot be used is passed over, with
  /// a problem that names it and the reason.
  package static func load(
    directories: [String], isInstalled: (Handler.Requirement) -> Bool
  ) -> (handlers: [Handler], problems: [HandlerProblem]) {
    var handlers: [Handler] = []
    var (files, problems) = files(of: directories)
    if files.count > Limits.handlerFiles {
      let message = "more than \(Limits.handlerFiles) handlers; this one and those after it are passed over"
      problems.append(HandlerProblem(file: files[Limits.handlerFiles], code: .tooMany, message: message))
    }
    for file in files.prefix(Limits.handlerFiles) {
      do throws(HandlerProblem) {
        guard let handler = try handler(in: file) else { continue }
        guard !handlers.contains(where: { $0.id == handler.id }) else {
          throw HandlerProblem(file: file, code: .duplicate, message: "an earlier file has the id \(handler.id)")
        }
        guard isInstalled(handler.requires) else {
          throw HandlerProblem(file: file, code: .notInstalled, message: "requires \(handler.requires.words)")
        }
        handlers.append(handler)
      } catch {
        problems.append(error)
      }
    }
    return (handlers, problems)
  }

  /// The paths that count, in the order of their names.
  private static func files(of directories: [String]) -> (files: [String], problems: [HandlerProblem]) {
    var paths: [String: String] = [:]
    var problems: [HandlerProblem] = []
    for directory in directories where FileManager.default.fileExists(atPath: directory) {
      do {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory)
        where name.hasSuffix(".json") && !name.hasPrefix(".") {
          paths[name] = "\(directory)/\(name)"
        }
      } catch {
        problems.append(
          HandlerProblem(file: directory, code: .unreadable, message: "cannot be listed", cause: "\(error)"))
      }
    }
    return (paths.sorted { $0.key < $1.key }.map(\.value), problems)
  }

  /// The handler of a file; nil where the file takes one away.
  private static func handler(in path: String) throws(HandlerProblem) -> Handler? {
    let bytes = try SmallFile.read(path, limit: Limits.handlerFileBytes)
    guard !bytes.isEmpty else { return nil }
    let file: HandlerFile
    do {
      file = try JSONDecoder().decode(HandlerFile.self, from: Data(bytes))
    } catch {
      throw HandlerProblem(file: path, code: .badJSON, message: words(for: error))
    }
    do throws(HandlerFile.Flaw) {
      return try file.handler()
    } catch {
      throw HandlerProblem(file: path, code: error.code, message: error.message)
    }
  }

  /// What the JSON reader found, in one line.
  private static func words(for error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    switch error {
    case DecodingError.keyNotFound(let key, let context): return "lacks \(place(context.codingPath + [key]))"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return "\(place(context.codingPath)) has another type"
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "\(place(context.codingPath)) has a value that is not known"
    default: return "is not JSON"
    }
  }
}

extension Handler.Requirement {
  fileprivate var words: String {
    switch self {
    case .binary(let name): "the program \(name), which is not installed"
    case .desktopEntry(let name): "the desktop entry \(name), which is not installed"
    case .flatpak(let name): "the Flatpak \(name), which is not installed"
    }
  }
}
