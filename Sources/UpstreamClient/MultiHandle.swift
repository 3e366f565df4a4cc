import CCurl

/// The curl multi handle: all transfers at once, on the transport's thread.
@safe final class MultiHandle {
  private let pointer: UnsafeMutableRawPointer
  /// The handles under way; their owners keep them until they are removed.
  private var running: [UnsafeMutableRawPointer: EasyHandle] = unsafe [:]

  init(idleConnections: Int) {
    guard let handle = unsafe curl_multi_init() else { fatalError("curl_multi_init had no memory for a handle") }
    unsafe pointer = handle
    unsafe _ = axolotly_multi_setopt_long(pointer, CURLMOPT_MAXCONNECTS, idleConnections)
  }

  deinit {
    for unsafe(key, _) in unsafe running { unsafe curl_multi_remove_handle(pointer, key) }
    unsafe running = [:]
    unsafe curl_multi_cleanup(pointer)
  }

  /// Wakes `wait` from any thread; valid until the handle is freed.
  var waker: MultiWaker { unsafe MultiWaker(pointer: pointer) }

  func add(_ easy: EasyHandle) {
    let code = unsafe curl_multi_add_handle(pointer, easy.pointer)
    precondition(code == CURLM_OK, "an easy handle is new and added once")
    unsafe running[easy.pointer] = easy
  }

  /// Ends the transfer at once, also while its name is being resolved (`CURLOPT_QUICK_EXIT`).
  func remove(_ easy: EasyHandle) {
    guard unsafe running.removeValue(forKey: easy.pointer) != nil else { return }
    unsafe curl_multi_remove_handle(pointer, easy.pointer)
  }

  /// Moves every transfer as far as it goes without waiting.
  func perform() {
    var count: Int32 = 0
    let code = unsafe curl_multi_perform(pointer, &count)
    precondition(code == CURLM_OK, "curl_multi_perform fails only for a handle misused or without memory")
  }

  /// The transfers that ended since the last call, still to be removed.
  func ended() -> [(easy: EasyHandle, code: CURLcode)] {
    var result: [(easy: EasyHandle, code: CURLcode)] = []
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(pointer, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE, let handle = unsafe message.pointee.easy_handle,
        let easy = unsafe running[handle]
      else { continue }
      unsafe result.append((easy: easy, code: message.pointee.data.result))
    }
    return result
  }

  /// Sleeps until a socket is ready, curl's own next timer, a wake-up, or `milliseconds`; nil: no limit of ours.
  ///
  /// curl shortens the wait to its own timer, so that without transfers this sleeps until it is woken.
  func wait(milliseconds: Int?) {
    let limit = Int32(clamping: milliseconds ?? Int(Int32.max))
    let code = unsafe curl_multi_poll(pointer, nil, 0, limit, nil)
    precondition(code == CURLM_OK, "curl_multi_poll fails only for a handle misused or without memory")
  }
}

/// The one thing of a multi handle that other threads may touch.
///
/// Sendable because curl_multi_wakeup is made for any thread; `Mailbox` calls it under its lock and forgets it before
/// the handle is freed.
@safe struct MultiWaker: @unchecked Sendable {
  fileprivate let pointer: UnsafeMutableRawPointer
  func wake() { unsafe _ = curl_multi_wakeup(pointer) }
}
