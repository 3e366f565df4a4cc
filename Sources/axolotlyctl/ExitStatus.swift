/// The exit statuses; those from 64 on are those of sysexits.h.
enum ExitStatus: Int32, Error {
  case done = 0
  /// The daemon's answer is no.
  case refused = 1
  /// The verdict is `ask`.
  case ask = 3
  /// The verdict is `deny`.
  case deny = 4
  case usage = 64
  case noInput = 66
  case notReachable = 69
  case protocolBroken = 70
  case inputOutput = 74
  case upstreamUnreachable = 75
  case accessDenied = 77

  /// What `--help` says; the man page says the same.
  static let table = """
    Exit status:
      0   done; for decide, policy explain and resolve: allow
      1   the answer is no: a case that fails, a finding of lint, not paired, unknown title, wrong PIN, a refused pairing, nothing to open, monitor's time is over
      3   the verdict is ask: a parent has to say yes
      4   the verdict is deny
      64  wrong usage
      66  a file cannot be read, or is not of the form that is wanted
      69  the daemon cannot be reached
      70  the daemon's answer has no meaning here: the programs are of different versions
      74  the output cannot be written, or the daemon cannot write its state
      75  the upstream cannot be reached, or asks to be left alone for a while
      77  access denied
    """
}
