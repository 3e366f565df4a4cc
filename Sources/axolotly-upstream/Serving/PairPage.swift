import AgentCore
import Foundation
import NIOCore
import Trust
import UpstreamCore

/// The page where a parent lets a box in: it works without script, and keeps nothing in the browser.
///
/// Code and parent code come first; then the page shows what asks, and a ticket of ten minutes stands for the sign-in.
struct PairPage {
  let services: UpstreamServices

  private static let ticketSeconds: Int64 = 600

  func answer(_ call: Call) async throws -> Answer {
    switch call.method {
    case "GET": return page(form(code: call.query["code"] ?? "", message: nil))
    case "POST":
      let form = try await call.formBody(isOAuth: false)
      if let ticket = form["ticket"] { return try await decide(ticket, form["decision"] ?? "") }
      return try await signIn(call, code: form["code"] ?? "", parentCode: form["parent_code"] ?? "")
    default: throw Problem.methodNotAllowed("GET, POST")
    }
  }

  private func signIn(_ call: Call, code text: String, parentCode: String) async throws -> Answer {
    do { try services.admitGuess(of: call.address) } catch let problem as Problem {
      return page(form(code: text, message: problem.detail), status: 429)
    }
    let found = try await services.families.perform { store -> (PairingAnswer, String?) in
      let family = try store.family(parentCode: parentCode)
      guard let code = PairingCode(typed: text) else { return (.unknownCode, family) }
      return (try store.handle(.inspect, .code(code), now: UpstreamClock.now()), family)
    }
    guard let family = found.1 else {
      services.recordWrongGuess(of: call.address)
      return page(form(code: text, message: "This parent code is not known."), status: 403)
    }
    switch (found.0, PairingCode(typed: text)) {
    case (.asks(let box), let code?):
      let ticket = services.addTicket(
        UpstreamServices.PairTicket(
          code: code, family: family, until: UpstreamClock.now().adding(seconds: PairPage.ticketSeconds)))
      return page(question(code, box, ticket: ticket))
    case (.expiredCode, _):
      services.recordWrongGuess(of: call.address)
      return page(form(code: "", message: "This code has expired. The box shows a new one."), status: 410)
    case (.usedCode, _):
      services.recordWrongGuess(of: call.address)
      return page(form(code: "", message: "This code has been used already."), status: 410)
    default:
      services.recordWrongGuess(of: call.address)
      return page(form(code: text, message: "No box shows this code. Compare it with the screen."), status: 404)
    }
  }

  private func decide(_ name: String, _ decision: String) async throws -> Answer {
    guard decision == "approve" || decision == "deny" else {
      return page(form(code: "", message: "Please choose to let the box in or to refuse it."), status: 400)
    }
    guard let ticket = services.takeTicket(name) else {
      return page(form(code: "", message: "Please sign in again."), status: 403)
    }
    let answer: PairingAnswer
    if decision == "approve" {
      answer = try await services.approve(ticket.code, family: ticket.family)
    } else {
      answer = try await services.families.perform {
        try $0.handle(.deny, .code(ticket.code), now: UpstreamClock.now())
      }
    }
    switch answer {
    case .success: return page("<h1>Done</h1><p>The box belongs to your family now. It needs a few seconds.</p>")
    case .denied: return page("<h1>Refused</h1><p>The box was not let in.</p>")
    default:
      return page(form(code: "", message: "The code can be used no longer. The box shows a new one."), status: 410)
    }
  }

  // MARK: HTML

  private var action: String { PairPage.escaped(services.basePath + "/pair") }

  private func form(code: String, message: String?) -> String {
    """
    <h1>Pair a box</h1>
    \(message.map { "<p class=\"message\" role=\"alert\">\(PairPage.escaped($0))</p>" } ?? "")
    <form method="post" action="\(action)">
    <label>Code on the screen <input name="code" value="\(PairPage.escaped(code))" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required></label>
    <label>Your family's parent code <input name="parent_code" type="password" autocomplete="current-password" maxlength="60" required></label>
    <button>Next</button>
    </form>
    """
  }

  private func question(_ code: PairingCode, _ box: PairedBox, ticket: String) -> String {
    """
    <h1>Let this box in?</h1>
    <dl><dt>Code</dt><dd>\(code)</dd><dt>Model</dt><dd>\(PairPage.escaped(box.info.model))</dd>\
    <dt>Name</dt><dd>\(PairPage.escaped(box.info.host))</dd><dt>Software</dt><dd>\(PairPage.escaped(box.info.agent))</dd></dl>
    <p>Approve only the box in front of you, and only if it shows this code.</p>
    <form method="post" action="\(action)">
    <input type="hidden" name="ticket" value="\(PairPage.escaped(ticket))">
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="deny">Refuse</button>
    </form>
    """
  }

  private func page(_ content: String, status: Int = 200) -> Answer {
    let html = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Axolotly: pair a box</title>
      <style>body{font:1.1rem system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}
      label{display:block;margin:1rem 0}input:not([type=hidden]){display:block;width:100%;font:inherit;padding:.4rem;box-sizing:border-box}
      button{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}.message{border-left:.3rem solid;padding-left:.7rem}
      dt{font-weight:bold}dd{margin:0 0 .6rem}</style></head>
      <body>\(content)</body></html>
      """
    return Answer(
      status: status,
      headers: [
        ("Content-Type", "text/html; charset=utf-8"),
        (
          "Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
      ], body: ByteBuffer(string: html))
  }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
      .replacingOccurrences(of: "'", with: "&#39;")
  }
}
