/// The core has no clock, no randomness, no threads and no input or output: all of it comes in as a parameter.
enum PurityCheck {
  static func violations(in file: SourceFile) -> [Violation] {
    guard let target = file.target, TargetRule.rule(for: target, isTest: file.isInTests)?.kind == .core else {
      return []
    }
    return impurities(in: file).map { token, what in
      file.violation(token.line, "\(token.text) is \(what), and \(target) is pure")
    }
  }

  /// Tests wait for nothing but an event.
  static func sleeps(in file: SourceFile) -> [Violation] {
    guard file.isInTests else { return [] }
    return file.tokens.filter { words[$0.text] == sleeping }.map {
      file.violation($0.line, "\($0.text) makes a test slow or unsteady; wait for the event itself")
    }
  }

  private static let sleeping = "a sleep"
  private static let clock = "a clock"
  private static let threads = "concurrency"
  private static let inputOutput = "input or output"

  /// Words that are impure wherever they stand.
  private static let words: [Substring: String] = [
    "ContinuousClock": clock, "SuspendingClock": clock, "clock_gettime": clock, "gettimeofday": clock,
    "sleep": sleeping, "usleep": sleeping, "nanosleep": sleeping,
    "SystemRandomNumberGenerator": "randomness", "arc4random": "randomness", "getrandom": "randomness",
    "Task": threads, "Thread": threads, "DispatchQueue": threads, "actor": threads, "await": threads,
    "pthread_create": threads,
    "print": inputOutput, "debugPrint": inputOutput, "readLine": inputOutput, "CommandLine": inputOutput,
  ]

  /// Calls that are random unless a generator is handed in by `using:`.
  private static let drawing: Set<Substring> = ["random", "randomElement", "shuffled", "shuffle"]

  private static func impurities(in file: SourceFile) -> [(Token, String)] {
    let tokens = file.tokens
    return tokens.indices.compactMap { index in
      let token = tokens[index]
      let next = tokens.text(at: index + 1)
      if let what = words[token.text] { return (token, what) }
      if token.text == "Date" && (next == "(" || next == ".") { return (token, clock) }
      let draws = drawing.contains(token.text) && tokens.text(at: index - 1) == "." && next == "("
      if draws && !tokens.argument(at: index + 1).contains(where: { $0.text == "using" }) {
        return (token, "randomness")
      }
      return nil
    }
  }
}
