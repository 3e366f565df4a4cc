import AgentCore
import ArgumentParser

/// `policy show`: the policy in force.
struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the policy in force.",
    discussion: "With --json the signed document itself.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let answer = try common.connect().device("PolicyDocument")
    let output = common.output
    if output.isJSON { return try output.raw(answer.string(0)) }
    try PolicyView(Document<Policy>(answer).content, output).show()
  }
}
