import FoundationEssentials

/// A document of the daemon: the text as it came, and what it says.
struct Document<Content: Decodable> {
  let text: String
  let content: Content

  init(_ answer: BusAnswer) throws {
    text = try answer.string(0)
    do {
      content = try JSONDecoder().decode(Content.self, from: Data(text.utf8))
    } catch {
      throw CommandFailure.malformed(answer.member)
    }
  }
}
