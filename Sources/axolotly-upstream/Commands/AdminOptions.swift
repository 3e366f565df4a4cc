import ArgumentParser

/// Which upstream a command speaks to, and how it prints.
struct AdminOptions: ParsableArguments {
  @Option(name: .long, help: "The upstream's address. Default: the one that serves --data.") var upstream: String?
  @Option(name: .long, help: "The data directory, for the address and the token.") var data: String?
  @Option(name: .long, help: "A file with the administration's token. Default: admin-token of --data.")
  var tokenFile: String?
  @Flag(name: .long, help: "Print JSON.") var json = false

  func validate() throws {
    if data == nil, upstream == nil || tokenFile == nil {
      throw ValidationError("name --data DIR, or --upstream URL with --token-file FILE")
    }
  }

  func client() throws -> AdminClient { try AdminClient(upstream: upstream, data: data, tokenFile: tokenFile) }
}
