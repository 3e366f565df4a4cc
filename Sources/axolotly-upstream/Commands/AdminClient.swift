import Foundation
import FoundationNetworking

/// Speaks to the administration of a running upstream.
struct AdminClient {
  private let base: String
  private let token: String

  private static let timeoutSeconds: TimeInterval = 30
  private static let importTimeoutSeconds: TimeInterval = 3_600

  init(upstream: String?, data: String?, tokenFile: String?) throws {
    if let upstream {
      guard let url = URL(string: upstream), url.host != nil else {
        throw Failure(.usage, "--upstream \(upstream) is no address such as http://127.0.0.1:8480")
      }
      base = upstream.hasSuffix("/") ? String(upstream.dropLast()) : upstream
    } else {
      guard let text = AdminClient.line(of: (data ?? "") + "/address") else {
        throw Failure(
          .unavailable,
          "no upstream serves \(data ?? ""); start it with: axolotly-upstream serve --data \(data ?? "DIR")")
      }
      base = text
    }
    let file = tokenFile ?? (data ?? "") + "/admin-token"
    guard let token = AdminClient.line(of: file) else {
      throw Failure(.noInput, "\(file) cannot be read; name the token's file with --token-file")
    }
    self.token = token
  }

  private static func line(of path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return line.isEmpty ? nil : line
  }

  /// The answer of a 2xx; throws with the problem's own words.
  func send(_ method: String, _ path: String, body: Data? = nil) async throws -> Data {
    var request = try request(method, path, timeout: AdminClient.timeoutSeconds)
    if let body {
      request.httpBody = body
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let sent = request
    return try await perform { try await URLSession.shared.data(for: sent) }
  }

  func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
    try decode(type, try await send("GET", path))
  }

  func post<Value: Decodable>(_ type: Value.Type, _ path: String, _ body: some Encodable) async throws -> Value {
    try decode(type, try await send("POST", path, body: try JSON.data(body)))
  }

  func importFile(_ file: String, replace: Bool) async throws -> AdminDocuments.Import {
    let name = AdminClient.escaped(file)
    let request = try request(
      "POST", "import?name=\(name)&replace=\(replace)", timeout: AdminClient.importTimeoutSeconds)
    let url = URL(fileURLWithPath: file)
    let data = try await perform { try await URLSession.shared.upload(for: request, fromFile: url) }
    return try decode(AdminDocuments.Import.self, data)
  }

  private func request(_ method: String, _ path: String, timeout: TimeInterval) throws -> URLRequest {
    guard let url = URL(string: base + "/v1/admin/" + path) else { throw Failure(.usage, "\(path) makes no address") }
    var request = URLRequest(url: url, timeoutInterval: timeout)
    request.httpMethod = method
    request.setValue("Bearer " + token, forHTTPHeaderField: "Authorization")
    return request
  }

  private func perform(_ send: () async throws -> (Data, URLResponse)) async throws -> Data {
    let (data, response): (Data, URLResponse)
    do { (data, response) = try await send() } catch {
      throw Failure(.unavailable, "no upstream answers at \(base); start it, or name another with --upstream")
    }
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    if (200..<300).contains(status) { return data }
    let problem = try? JSONDecoder().decode(AdminDocuments.ProblemDocument.self, from: data)
    guard let problem, let title = problem.title else {
      throw Failure(.unavailable, "\(base) is no Axolotly upstream (status \(status)); check --upstream")
    }
    switch (status, problem.type) {
    case (401, _): throw Failure(.noPermission, "the token is refused; name its file with --token-file")
    case (_, "urn:axolotly:import_refused"): throw Failure(.data, title)
    case (_, "urn:axolotly:policy_refused"): throw Failure(.data, title, path: problem.path)
    default: throw Failure(.refused, title)
    }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    do { return try JSONDecoder().decode(type, from: data) } catch {
      throw Failure(.unavailable, "\(base) answers as no Axolotly upstream does; check --upstream")
    }
  }

  static func escaped(_ text: String) -> String {
    let allowed = CharacterSet.alphanumerics.intersection(.urlPathAllowed).union(CharacterSet(charactersIn: "-_.~"))
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
  }
}
