import AgentCore
import Glibc
import Testing

extension DaemonTests {
  /// A daemon in a network of its own, which changes under it.
  struct NetworkChange {
    /// Root alone is not enough: a container may have no right to change networks, not even its own.
    private static let mayMakeNetworks: Bool = {
      guard geteuid() == 0, Files.exists("/usr/bin/nsenter"), Files.exists("/sbin/ip") else { return false }
      let directory = TemporaryDirectory()
      let trial = try? ChildProcess(
        "/usr/bin/unshare", ["--net", "/sbin/ip", "link", "set", "lo", "up"], in: directory)
      return (try? trial?.exit(until: .soon)) == .code(0)
    }()

    @Test(.enabled("needs root, nsenter, ip and the right to make a network of its own") { mayMakeNetworks })
    func daemon_addressComesAndGoes_asksAnewOnceForEach() throws {
      let box = try Box(upstream: "https://192.0.2.1:9", through: ["/usr/bin/unshare", "--net"])
      _ = try box.start()
      try change("ip link set lo up && ip addr add 198.51.100.7/24 dev lo && ip route add default dev lo", in: box)
      try wait(for: 1, in: box)
      try change("ip addr del 198.51.100.7/24 dev lo", in: box)
      try wait(for: 2, in: box)
      try box.stop()
      #expect(asked(box) == 2, "\(box.log)")
    }

    private func asked(_ box: Box) -> Int {
      box.log.split(separator: "\n").count { $0.contains("asking anew on new connections") }
    }

    private func wait(for count: Int, in box: Box) throws {
      let deadline = Moment.soon
      while asked(box) < count {
        guard Moment.now < deadline else { throw TestFailure("\(count) changes were awaited", log: box.log) }
        _ = poll(nil, 0, 10)
      }
    }

    private func change(_ script: String, in box: Box) throws {
      let pid = try #require(box.pid)
      let process = try ChildProcess(
        "/usr/bin/nsenter", ["--net=/proc/\(pid)/ns/net", "/bin/sh", "-c", script], in: box.directory)
      guard try process.exit(until: .soon) == .code(0) else {
        throw TestFailure("the network cannot be changed", log: process.log)
      }
    }
  }
}
