/// What a child asked a parent for, as the journal keeps it (`spec/wire.md` §6).
package struct RequestRecord: Sendable, Equatable, Codable {
  package var id: String
  package var profile: String
  package var asks: Asks
  package var at: WallTime
  /// The upstream has it.
  package var isSent: Bool
  package var answer: Answer?

  package enum Asks: Sendable, Equatable, Codable {
    case title(TitleReference)
    /// 1 to 1,440.
    case time(minutes: Int)

    /// As the wire has it.
    package var name: String {
      switch self {
      case .title: "title"
      case .time: "time"
      }
    }
  }

  package struct Answer: Sendable, Equatable, Codable {
    package var isGranted: Bool
    package var at: WallTime
    package init(isGranted: Bool, at: WallTime) { (self.isGranted, self.at) = (isGranted, at) }
  }

  package init(
    id: String, profile: String, asks: Asks, at: WallTime, isSent: Bool = false, answer: Answer? = nil
  ) {
    self.id = id
    self.profile = profile
    self.asks = asks
    self.at = at
    self.isSent = isSent
    self.answer = answer
  }
}

/// The requests of this box: each is sent once, whatever breaks, and its answer is announced once.
package struct RequestBook: Sendable, Equatable {
  /// How long a request is kept, answered or not, seconds.
  package static let keptSeconds: Int64 = 7 * 86_400

  package private(set) var records: [RequestRecord]
  /// Those that the journal does not have yet: they are not sent.
  private var unsaved: Set<String> = []
  package var out: RequestID?
  /// The request that is out.
  package private(set) var sending: String?
  package var backoff = Backoff()
  package var notBefore: Moment?

  package init(_ records: [RequestRecord] = []) { self.records = records.sorted { ($0.at, $0.id) < ($1.at, $1.id) } }

  /// The same question that no parent has answered yet.
  package func open(_ profile: String, _ asks: RequestRecord.Asks) -> RequestRecord? {
    records.last { $0.profile == profile && $0.asks == asks && $0.answer == nil }
  }

  package func openCount(_ profile: String) -> Int { records.count { $0.profile == profile && $0.answer == nil } }

  /// The oldest one that the upstream lacks.
  var next: RequestRecord? { records.first { !$0.isSent && !unsaved.contains($0.id) } }

  mutating func add(_ record: RequestRecord) {
    records.append(record)
    unsaved.insert(record.id)
  }

  mutating func saved(_ id: String) { unsaved.remove(id) }
  mutating func remove(_ id: String) {
    records.removeAll { $0.id == id }
    unsaved.remove(id)
  }

  mutating func started(_ id: RequestID, _ record: RequestRecord) { (out, sending) = (id, record.id) }

  /// The request that is out has ended; returns the one that it carried.
  mutating func ended() -> RequestRecord? {
    defer { (out, sending) = (nil, nil) }
    return records.first { $0.id == sending }
  }

  mutating func update(_ id: String, _ change: (inout RequestRecord) -> Void) -> RequestRecord? {
    guard let index = records.firstIndex(where: { $0.id == id }) else { return nil }
    change(&records[index])
    return records[index]
  }

  /// Takes out what is older than it is kept, and returns it.
  mutating func expire(before oldest: WallTime) -> [RequestRecord] {
    let old = records.filter { $0.at < oldest && $0.id != sending }
    records.removeAll { record in old.contains { $0.id == record.id } }
    return old
  }
}
