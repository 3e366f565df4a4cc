/// What this program is called on the wire and in `--version`.
enum AgentVersion {
  static let text = "0.1.0"

  /// Trusted time is never before it: the day of this release, 2026-11-25T00:00:00Z, seconds since 1970.
  static let builtAtSeconds: Int64 = 1_795_564_800

  #if arch(x86_64)
    static let architecture = "x86_64"
  #elseif arch(arm64)
    static let architecture = "arm64"
  #else
    static let architecture = "unknown"
  #endif

  static var userAgent: String { "axolotly-agent/\(text) (\(architecture))" }
}
