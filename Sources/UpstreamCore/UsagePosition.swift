/// Where a device's usage stands: the outbox epoch and the first number that the upstream lacks.
package struct UsagePosition: Sendable, Equatable, Codable {
  package var epoch = 1
  package var next = 1
  package init(epoch: Int = 1, next: Int = 1) { (self.epoch, self.next) = (epoch, next) }
}
