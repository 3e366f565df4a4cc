import CSystemd
import Glibc

/// An open file descriptor that is closed with its owner.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(adopting number: Int32) { self.number = number }

  deinit { _ = close(number) }

  /// Gives the descriptor away: it stays open and its new owner closes it.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}

/// Repeats a call while a signal interrupts it; the result is what the call gave, or a negative errno.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    let number = errno
    if number != EINTR { return -Result(number) }
  }
}

extension Descriptor {
  /// A second descriptor of the same open file, needed where one file is watched twice.
  init(duplicating number: Int32) throws {
    let copy = retryingInterrupts { fcntl(number, F_DUPFD_CLOEXEC, 3) }
    guard copy >= 0 else { throw HostError.failed("fcntl", copy, "a descriptor cannot be duplicated") }
    self.init(adopting: copy)
  }
}

/// A pipe whose ends do not block and are not inherited.
struct Pipe: ~Copyable {
  let read: Descriptor
  let write: Descriptor

  init() throws {
    var read: Int32 = -1
    var write: Int32 = -1
    let result = unsafe axolotly_pipe(&read, &write)
    guard result >= 0 else { throw HostError.failed("pipe2", result, "a pipe cannot be made") }
    self.read = Descriptor(adopting: read)
    self.write = Descriptor(adopting: write)
  }
}
