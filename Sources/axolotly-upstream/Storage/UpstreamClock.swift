import Foundation
import UpstreamCore

/// The system's clock as rules see it.
enum UpstreamClock {
  static func now() -> UpstreamInstant {
    UpstreamInstant(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
  }
}
