import AgentCore
import Database
import ReplicaStore
import Synchronization
import SystemdHost

/// What other threads bring to the loop, in one order with what the bus brings.
enum Inbound: Sendable {
  case event(Event)
  case journalOpened(Result<Journal.Opened, DatabaseError>)
  case catalogueOpened(Result<Catalogue.Opened, DatabaseError>)
  /// Nothing private is left; the stores are new.
  case erased
  case page(call: UInt64, profile: String, offset: Int, Result<BrowsePage, DatabaseError>)
  case lines(call: UInt64, Result<[String], DatabaseError>)
}

/// The queue between all threads and the loop; posting never blocks.
final class Inbox: Sendable {
  private let mailbox: Mailbox
  private let queue = Mutex<[Inbound]>([])

  init(_ mailbox: Mailbox) { self.mailbox = mailbox }

  func post(_ item: Inbound) {
    queue.withLock { $0.append(item) }
    // The loop looks into the queue after every event; an empty piece of work is one.
    mailbox.post {}
  }

  /// From the loop's own thread: no wake-up is needed.
  func append(_ item: Inbound) { queue.withLock { $0.append(item) } }

  func takeAll() -> [Inbound] {
    queue.withLock { items in
      defer { items = [] }
      return items
    }
  }
}
