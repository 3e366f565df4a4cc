import AgentCore
import Foundation
import Glibc
import Hummingbird
import NIOCore
import NIOPosix
import SystemdHost
import UpstreamCore

/// The listening server: everything is wired here and nowhere else.
struct UpstreamServer {
  var directory: DataDirectory
  var host: String
  var port: Int
  /// Addresses that boxes use; empty: the one that is listened on.
  var bases: [String]
  var poll: HeadsDocument.Poll

  /// Serves until SIGTERM or SIGINT; `onServing` hears the address.
  func run(onServing: @escaping @Sendable (String) -> Void) async throws {
    let services = try UpstreamServices(directory: directory, bases: bases)
    services.heads.set(poll: poll)
    let (bases, host, directory) = (bases, host, directory)
    // The library's own log says nothing that is not said here.
    Environment.setDefault("LOG_LEVEL", "critical")
    let app = Application(
      responder: UpstreamResponder(services: services),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [HeadsHandlerInstaller(services: services)])),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 4_096),
      onServerRunning: { channel in
        let address = "http://\(UpstreamServer.bracketed(host)):\(channel.localAddress?.port ?? 0)"
        if bases.isEmpty { services.set(bases: [address]) }
        try? DataDirectory.writePrivately(address + "\n", to: directory.file("address"))
        onServing(address)
      })
    defer { try? PrivateFile.remove(directory.file("address")) }
    do { try await app.runService() } catch let error as IOError {
      throw Self.failure(error, host, port)
    }
    services.close()
  }

  /// Before anything is made: an address that cannot be listened on leaves no data directory behind.
  static func refuseWhereTaken(host: String, port: Int) async throws {
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    do { try await bootstrap.bind(host: host, port: port).get().close() } catch let error as IOError {
      throw failure(error, host, port)
    }
  }

  private static func failure(_ error: IOError, _ host: String, _ port: Int) -> any Error {
    switch error.errnoCode {
    case EADDRINUSE:
      Failure(.unavailable, "\(host):\(port) is in use by another process; name another port with --listen")
    case EACCES, EADDRNOTAVAIL:
      Failure(
        .unavailable,
        "\(host):\(port) cannot be listened on (\(SystemError.text(error.errnoCode))); name another with --listen")
    default: error
    }
  }

  static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
