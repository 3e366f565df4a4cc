import AgentCore
import Foundation
import Hummingbird
import NIOCore

/// Finds the route of a request; every error becomes its document here.
struct UpstreamResponder: HTTPResponder {
  typealias Context = UpstreamContext

  let services: UpstreamServices

  func respond(to request: Request, context: UpstreamContext) async throws -> Response {
    var headers: [String: String] = [:]
    for field in request.headers where headers[field.name.canonicalName] == nil {
      headers[field.name.canonicalName] = field.value
    }
    let requestID = Call.requestID(headers["x-request-id"])
    let isHead = request.method == .head
    guard let target = Call.target(request.uri.string, basePath: services.basePath) else {
      return response(Problem.notFound.answer, requestID, isHead: isHead)
    }
    let call = Call(
      method: isHead ? "GET" : request.method.rawValue, path: target.path, query: target.query, headers: headers,
      address: context.address
    ) { limit in
      do { return try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError { throw Problem.tooLarge }
    }
    return response(await answer(call, request), requestID, isHead: isHead)
  }

  private func answer(_ call: Call, _ request: Request) async -> Answer {
    do {
      switch (call.path.first, call.path.dropFirst().first) {
      case ("v1", "admin"): return try await AdminRoutes(services: services).answer(call, stream: request.body)
      case ("v1", "oauth"), ("v1", "pairing"): return try await PairingRoutes(services: services).answer(call)
      case ("v1", "device"): return try await DeviceRoutes(services: services).answer(call)
      case ("c", "v1"): return try await PublicRoutes(services: services).answer(call)
      case ("pair", nil): return try await PairPage(services: services).answer(call)
      default: throw Problem.notFound
      }
    } catch let problem as Problem {
      return problem.answer
    } catch {
      complain("axolotly-upstream: a request failed: \(call.method) /\(call.path.joined(separator: "/")): \(error)")
      return Problem(503, "unavailable", "The upstream could not do it now.").retry(after: 5).answer
    }
  }

  private func response(_ answer: Answer, _ requestID: String, isHead: Bool) -> Response {
    var fields = HTTPFields()
    for (name, value) in answer.commonHeaders(requestID: requestID) {
      if let name = HTTPFields.Element.Name(name) { fields[name] = value }
    }
    let status = HTTPResponse.Status(code: answer.status)
    guard answer.status != 204, answer.status != 304 else { return Response(status: status, headers: fields) }
    let response = Response(status: status, headers: fields, body: ResponseBody(byteBuffer: answer.body))
    return isHead ? response.createHeadResponse() : response
  }
}
