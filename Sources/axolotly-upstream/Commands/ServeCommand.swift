import ArgumentParser
import Foundation
import UpstreamCore

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve boxes and parents until stopped.",
    discussion: "Prints the address that it serves on one line. DIR/admin-token is made at first start, mode 0600.")

  @Option(name: .long, help: "The data directory; made where it is absent.") var data: String
  @Option(name: .long, help: "Address and port; port 0 takes a free one.") var listen = "127.0.0.1:8480"
  @Option(
    name: .long,
    help: "An address that boxes use, without a slash at the end; may be repeated. Default: the one listened on.")
  var base: [String] = []
  @Option(name: .long, help: "The longest hold that boxes are told, seconds, 5 to 300.") var pollWait = 240
  @Option(name: .long, help: "Over how many seconds boxes spread catalogue fetches, 0 to 3600.") var pollSpread = 10

  func validate() throws {
    guard address != nil else { throw ValidationError("--listen has to be ADDRESS:PORT such as 127.0.0.1:8480") }
    guard (5...300).contains(pollWait) else { throw ValidationError("--poll-wait has to be from 5 to 300") }
    guard (0...3_600).contains(pollSpread) else { throw ValidationError("--poll-spread has to be from 0 to 3600") }
    for base in base {
      guard let url = URL(string: base), url.scheme == "http" || url.scheme == "https", url.host != nil,
        !base.hasSuffix("/")
      else { throw ValidationError("--base has to be an http or https address without a slash at its end") }
    }
  }

  private var address: (host: String, port: Int)? {
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    let host = listen[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    return host.isEmpty ? nil : (host, port)
  }

  func run() async throws {
    guard let address else { return }
    try await UpstreamServer.refuseWhereTaken(host: address.host, port: address.port)
    let directory = try DataDirectory(path: data)
    let server = UpstreamServer(
      directory: directory, host: address.host, port: address.port, bases: base,
      poll: HeadsDocument.Poll(waitSeconds: pollWait, spreadSeconds: pollSpread))
    try await server.run { address in
      FileHandle.standardOutput.write(Data((address + "\n").utf8))
    }
  }
}
