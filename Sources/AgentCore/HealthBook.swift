/// The faults that the box knows of at the moment, each raised and cleared once.
package struct HealthBook: Sendable, Equatable {
  package private(set) var items: [HealthItem] = []

  package init() {}

  /// Returns whether it is new.
  package mutating func raise(_ code: HealthItem.Code, _ severity: HealthItem.Severity, since: WallTime) -> Bool {
    guard !items.contains(where: { $0.code == code }) else { return false }
    items.append(HealthItem(code: code, severity: severity, since: since))
    items.sort { $0.code.rawValue < $1.code.rawValue }
    return true
  }

  /// Returns whether it was there.
  package mutating func clear(_ code: HealthItem.Code) -> Bool {
    guard let index = items.firstIndex(where: { $0.code == code }) else { return false }
    items.remove(at: index)
    return true
  }

  package func contains(_ code: HealthItem.Code) -> Bool { items.contains { $0.code == code } }
}
