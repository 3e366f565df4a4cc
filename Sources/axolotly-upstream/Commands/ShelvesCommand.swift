import ArgumentParser

struct ShelvesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "shelves", abstract: "List the catalogue's shelves.")
  @OptionGroup var options: AdminOptions

  func run() async throws {
    let list = try await options.client().get(AdminDocuments.Shelves.self, "shelves")
    if options.json { return print(try JSON.text(list)) }
    var table = Table(["SHELF", "VERSION", "TITLES", "BYTES"])
    for shelf in list.shelves {
      table.add([shelf.shelf, String(shelf.version), String(shelf.titles), String(shelf.bytes)])
    }
    print(table.text)
  }
}
