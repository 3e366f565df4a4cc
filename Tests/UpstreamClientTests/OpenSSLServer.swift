import Glibc

/// `openssl s_server` on a port of loopback with a certificate of its own for 127.0.0.1, and the file that trusts it.
///
/// A process, since TLS is the point and Glibc has none; it ends with the value.
final class OpenSSLServer: Sendable {
  static let program = "/usr/bin/openssl"
  static var isInstalled: Bool { unsafe access(program, X_OK) == 0 }

  let certificateFile: String
  let port: Int
  private let directory: TemporaryDirectory
  private let process: pid_t

  init(options: [String] = []) {
    directory = TemporaryDirectory()
    let (certificate, key) = (directory.path + "/certificate.pem", directory.path + "/key.pem")
    certificateFile = certificate
    let request = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ]
    _ = OpenSSLServer.readToEnd(OpenSSLServer.spawn(request))
    let server = OpenSSLServer.spawn(
      ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key] + options)
    process = server.process
    // It says `ACCEPT 127.0.0.1:PORT` once it listens.
    port = OpenSSLServer.readPort(server.output)
  }

  deinit {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  private typealias Child = (process: pid_t, output: Int32)

  private static func spawn(_ arguments: [String]) -> Child {
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      fatalError("no sockets for the test's server")
    }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var pointers = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var process = pid_t()
    let code = unsafe posix_spawn(&process, program, &actions, nil, &pointers, environ)
    guard code == 0 else { fatalError("\(program) does not start: error \(code)") }
    close(ends[1])
    return (process, ends[0])
  }

  private static func readToEnd(_ child: Child) -> String {
    var text: [UInt8] = []
    while let byte = readByte(child.output) { text.append(byte) }
    close(child.output)
    waitpid(child.process, nil, 0)
    return String(decoding: text, as: UTF8.self)
  }

  private static func readPort(_ output: Int32) -> Int {
    defer { close(output) }
    var line: [UInt8] = []
    while let byte = readByte(output) {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("ACCEPT"), let port = text.split(separator: ":").last.flatMap({ Int($0) }) { return port }
      line = []
    }
    fatalError("openssl s_server ended before it listened")
  }

  private static func readByte(_ descriptor: Int32) -> UInt8? {
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1 ? byte : nil
  }
}
