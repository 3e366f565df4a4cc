/// One measured number beside its limit, which the same run has measured on the same machine.
struct Figure: Codable, Sendable, Equatable {
  /// Stable from version to version: lower case with `_`.
  var name: String
  /// What is measured, as the table says it.
  var title: String
  var value: Double
  var unit: String
  /// The least that this machine takes for the same thing, in `unit`; nil where there is no such measurement.
  var limit: Double?
  /// What the limit is.
  var limitIs: String?
  /// `value` by `limit`.
  var ratio: Double?
  /// What has to be reached in the end. Nothing is asserted.
  var reach: String?
  /// How it was measured, where the title does not say it.
  var note: String?

  init(
    _ name: String, _ title: String, _ value: Double, _ unit: String, limit: (value: Double, what: String)? = nil,
    reach: String? = nil, note: String? = nil
  ) {
    self.name = name
    self.title = title
    self.value = value
    self.unit = unit
    self.limit = limit?.value
    limitIs = limit?.what
    ratio = limit.flatMap { $0.value > 0 ? value / $0.value : nil }
    self.reach = reach
    self.note = note
  }

  enum CodingKeys: String, CodingKey {
    case name, title, value, unit, limit, ratio, reach, note
    case limitIs = "limit_is"
  }
}
