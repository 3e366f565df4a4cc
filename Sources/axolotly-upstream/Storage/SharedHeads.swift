import AgentCore
import Synchronization
import UpstreamCore

/// The catalogue's heads as every rule gets them; an import replaces them.
final class SharedHeads: Sendable {
  private let heads = Mutex(CatalogueHeads())

  var current: CatalogueHeads { heads.withLock(\.self) }

  func set(shelves: [ShelfName: Int]) { heads.withLock { $0.shelves = shelves } }
  func set(poll: HeadsDocument.Poll) { heads.withLock { $0.poll = poll } }
}
