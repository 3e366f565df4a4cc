import AgentCore

/// What all families share and a rule needs: shelf versions, trust and the poll's settings.
package struct CatalogueHeads: Sendable, Equatable {
  /// By name.
  package var shelves: [ShelfName: Int]
  package var trustVersion: Int
  /// The general JWS that leads to a trust version from the one before, by that version.
  package var trustUpdates: [Int: String]
  package var poll: HeadsDocument.Poll

  package init(
    shelves: [ShelfName: Int] = [:], trustVersion: Int = 1, trustUpdates: [Int: String] = [:],
    poll: HeadsDocument.Poll = HeadsDocument.Poll(waitSeconds: 240, spreadSeconds: 10)
  ) {
    self.shelves = shelves
    self.trustVersion = trustVersion
    self.trustUpdates = trustUpdates
    self.poll = poll
  }
}
