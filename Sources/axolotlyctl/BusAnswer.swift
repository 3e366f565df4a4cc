import LocalAPI

/// The results of a call, each read as what the interface declares.
struct BusAnswer {
  let member: String
  let values: [BusValue]

  func string(_ index: Int) throws -> String {
    guard case .string(let text)? = value(index) else { throw CommandFailure.malformed(member) }
    return text
  }

  func strings(_ index: Int) throws -> [String] {
    guard case .array("s", let elements)? = value(index) else { throw CommandFailure.malformed(member) }
    return try elements.map { element in
      guard case .string(let text) = element else { throw CommandFailure.malformed(member) }
      return text
    }
  }

  func int64(_ index: Int) throws -> Int64 {
    guard case .int64(let number)? = value(index) else { throw CommandFailure.malformed(member) }
    return number
  }

  func uint32(_ index: Int) throws -> UInt32 {
    guard case .uint32(let number)? = value(index) else { throw CommandFailure.malformed(member) }
    return number
  }

  /// The members of an array of structures.
  func structures(_ index: Int) throws -> [[BusValue]] {
    guard case .array(_, let elements)? = value(index) else { throw CommandFailure.malformed(member) }
    return try elements.map { element in
      guard case .structure(let members) = element else { throw CommandFailure.malformed(member) }
      return members
    }
  }

  /// Seconds that remain; the bus says -1 for none.
  func remainingSeconds(_ index: Int) throws -> Int64? {
    let seconds = try int64(index)
    return seconds < 0 ? nil : seconds
  }

  private func value(_ index: Int) -> BusValue? { values.indices.contains(index) ? values[index] : nil }
}
