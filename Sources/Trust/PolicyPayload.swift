import AgentCore
import FoundationEssentials

/// The payload of an envelope as far as it is a JSON object: the policy beside `aud` and `prev`, or why it is refused.
///
/// Reading throws only where the bytes are no JSON object; whatever is wrong within is an outcome. The configuration
/// is the box's family.
struct PolicyPayload: DecodableWithConfiguration {
  var outcome: Result<Document, PolicyRefusal>

  struct Document {
    /// SHA-256 hex of the previous version's payload; nil for the first.
    var previous: String?
    var policy: Policy
  }

  private enum CodingKeys: String, CodingKey { case schema, family, aud, version, prev }

  init(from decoder: any Decoder, configuration family: String) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try? container.decode(Int.self, forKey: .version)
    do {
      try Self.checkFamily(container, family)
      try Self.checkSchema(container)
      let previous = try Self.previous(container)
      outcome = .success(Document(previous: previous, policy: try Policy(from: decoder)))
    } catch var refusal as PolicyRefusal {
      refusal.version = version
      outcome = .failure(refusal)
    } catch let error as DecodingError {
      outcome = .failure(PolicyRefusal(reason: .invalid, path: JSONPointer.path(of: error), version: version))
    } catch {
      outcome = .failure(PolicyRefusal(reason: .invalid, path: JSONPointer.text(decoder.codingPath), version: version))
    }
  }

  private static func checkFamily(_ container: KeyedDecodingContainer<CodingKeys>, _ family: String) throws {
    for key in [CodingKeys.aud, .family] where (try? container.decode(String.self, forKey: key)) != family {
      throw PolicyRefusal(reason: .wrongFamily)
    }
  }

  /// A whole number other than 1 is a schema that we do not know; anything else is no schema.
  private static func checkSchema(_ container: KeyedDecodingContainer<CodingKeys>) throws {
    let schema = try container.decode(Double.self, forKey: .schema)
    guard schema != 1 else { return }
    if schema == schema.rounded() { throw PolicyRefusal(reason: .unsupportedSchema) }
    throw PolicyRefusal(reason: .invalid, path: "/schema")
  }

  private static func previous(_ container: KeyedDecodingContainer<CodingKeys>) throws -> String? {
    guard container.contains(.prev) else { throw PolicyRefusal(reason: .invalid, path: "/prev") }
    guard let hash = try container.decodeIfPresent(String.self, forKey: .prev) else { return nil }
    guard Hex.isText(hash, ofLength: 64) else { throw PolicyRefusal(reason: .invalid, path: "/prev") }
    return hash
  }
}
