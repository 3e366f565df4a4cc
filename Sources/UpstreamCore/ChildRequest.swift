import AgentCore

/// What a child asked for (`spec/wire.md` §6).
package struct ChildRequest: Sendable, Equatable, Codable {
  package var id: String
  package var device: String
  package var profile: String
  package var asks: Asks
  package var at: WallTime
  package var answer: Answer?

  package enum Asks: Sendable, Equatable, Codable {
    case title(TitleReference)
    case time(minutes: Int)
  }

  package struct Answer: Sendable, Equatable, Codable {
    package var isGranted: Bool
    package var at: WallTime
    package init(isGranted: Bool, at: WallTime) { (self.isGranted, self.at) = (isGranted, at) }
  }

  package init(id: String, device: String, profile: String, asks: Asks, at: WallTime, answer: Answer? = nil) {
    self.id = id
    self.device = device
    self.profile = profile
    self.asks = asks
    self.at = at
    self.answer = answer
  }
}
