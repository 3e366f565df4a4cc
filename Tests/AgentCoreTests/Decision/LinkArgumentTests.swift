import AgentCore
import Testing

@Suite struct LinkArgumentTests {
  @Test(arguments: [
    ("chromium", [Handler.Argument.Piece.text("chromium")]),
    ("{id}", [.placeholder(.id)]),
    ("--app={canonical}#{uri}", [.text("--app="), .placeholder(.canonical), .text("#"), .placeholder(.uri)]),
    ("{profile_dir}/x}", [.placeholder(.profileDirectory), .text("/x}")]),
    ("", []),
  ])
  func parsing_knownPlaceholders_areItsPieces(text: String, expected: [Handler.Argument.Piece]) throws {
    #expect(try Handler.Argument(parsing: text).pieces == expected)
  }

  @Test(arguments: [("{x}", "x"), ("a{}", ""), ("{id", "id"), ("{{id}}", "{id"), ("{ID}", "ID")])
  func parsing_anythingElseInBraces_isRefusedByName(text: String, name: String) {
    do throws(Handler.Argument.UnknownPlaceholder) {
      let argument = try Handler.Argument(parsing: text)
      Issue.record("\(text) was read as \(argument.pieces)")
    } catch {
      #expect(error.name == name)
    }
  }
}
