import Glibc

/// Repeats a system call that returns -1 while a signal interrupts it; never used for `close`.
func retryingInterrupts(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    guard result == -1, errno == EINTR else { return result }
  }
}

/// One line for a failed system call: its name and the system's message for the error number.
func failureLine(_ call: String, _ number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "\(call): error \(number)" }
  return unsafe "\(call): \(String(cString: text))"
}

/// CLOCK_MONOTONIC, nanoseconds: the clock of curl's own deadlines.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
