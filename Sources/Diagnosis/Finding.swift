/// What one check of `doctor` found.
package struct Finding: Sendable, Equatable {
  package var check: Check
  package var status: Status
  /// One line, with its numbers.
  package var text: String
  /// A command or an act; nil where nothing is to be done.
  package var remedy: String?
  /// How long the check took, milliseconds.
  package var milliseconds: Int64 = 0

  package enum Status: String, Sendable, Codable, CaseIterable {
    case ok, warning, error
    /// It could not be made here; the text says why.
    case skipped
  }

  /// The checks by their stable ids, causes before what follows from them.
  package enum Check: String, Sendable, CaseIterable {
    case freeSpace = "free-space"
    case stateDirectory = "state-directory"
    case service
    case caller
    case privateSocket = "private-socket"
    case launchSocket = "launch-socket"
    case systemBus = "system-bus"
    case clock
    case nameResolution = "name-resolution"
    case certificate
    case upstream
    case pairing
    case policy
    case replica
    case journal
    case health
  }

  package init(_ check: Check, _ status: Status, _ text: String, remedy: String? = nil) {
    (self.check, self.status, self.text, self.remedy) = (check, status, text, remedy)
  }
}

/// All findings, the cause of the rest first.
package struct Diagnosis: Sendable, Equatable {
  package var findings: [Finding]

  /// Errors, then warnings, then the rest; within each in the order of the checks, since a cause stands before what follows
  /// from it.
  package init(_ findings: [Finding]) {
    let order = Dictionary(uniqueKeysWithValues: Finding.Check.allCases.enumerated().map { ($1, $0) })
    self.findings = findings.sorted {
      (Self.rank($0.status), order[$0.check] ?? 0) < (Self.rank($1.status), order[$1.check] ?? 0)
    }
  }

  private static func rank(_ status: Finding.Status) -> Int {
    switch status {
    case .error: 0
    case .warning: 1
    case .ok: 2
    case .skipped: 3
    }
  }

  /// 0 all well or skipped, 1 warnings, 2 errors.
  package var exitStatus: Int32 {
    if findings.contains(where: { $0.status == .error }) { return 2 }
    return findings.contains { $0.status == .warning } ? 1 : 0
  }

  package func count(_ status: Finding.Status) -> Int { findings.count { $0.status == status } }
}
