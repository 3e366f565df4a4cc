import CSystemd

/// One source of the event loop: it is watched as long as this object lives.
///
/// Confined to the loop's thread.
@safe
final class EventSource {
  /// What is done when the source fires; the argument is the ready events of a descriptor, else 0.
  final class Callback {
    let body: (UInt32) -> Void
    init(_ body: @escaping (UInt32) -> Void) { self.body = body }

    /// The pointer for sd-event's userdata. It does not retain: the source owns the callback and outlives its use.
    var userdata: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    static func fire(_ userdata: UnsafeMutableRawPointer?, _ events: UInt32) {
      guard let userdata = unsafe userdata else { return }
      unsafe Unmanaged<Callback>.fromOpaque(userdata).takeUnretainedValue().body(events)
    }
  }

  private let handle: OpaquePointer
  private let callback: Callback

  init(adopting handle: OpaquePointer, callback: Callback) {
    unsafe self.handle = unsafe handle
    self.callback = callback
  }

  deinit { unsafe sd_event_source_disable_unref(handle) }

  /// Lower goes first; 0 is usual.
  func setPriority(_ priority: Int64) { _ = unsafe sd_event_source_set_priority(handle, priority) }

  func setEnabled(_ isEnabled: Bool) {
    _ = unsafe sd_event_source_set_enabled(handle, isEnabled ? Int32(SD_EVENT_ON) : Int32(SD_EVENT_OFF))
  }

  /// Fires once at a time of the source's clock, in microseconds.
  func arm(atMicroseconds time: UInt64) {
    _ = unsafe sd_event_source_set_time(handle, time)
    _ = unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_ONESHOT))
  }

  /// Rests when it fires more often than `count` times in `microseconds`.
  func limitRate(count: UInt32, microseconds: UInt64) {
    _ = unsafe sd_event_source_set_ratelimit(handle, microseconds, count)
  }
}
