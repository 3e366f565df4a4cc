import AgentCore

/// Why a part was not applied.
enum PartFault: Error {
  /// It breaks a rule of `spec/wire.md` §4.
  case refused(String)
  /// The store failed: the file cannot be read, the database cannot be written.
  case failed(String)
}

extension PartFault {
  /// What the core hears; a refusal names the line where there is one.
  func result(line: Int) -> ShelfStepResult {
    switch self {
    case .refused(let why): .refused(line > 0 ? "line \(line): \(why)" : why)
    case .failed(let cause): .failed(cause)
    }
  }
}
