import AgentCore
import Foundation
import NIOCore
import NIOHTTP1
import Trust
import UpstreamCore

/// Answers and holds the heads of the boxes of one connection (`spec/wire.md` §2) before any task exists.
///
/// Everything here runs on the connection's event loop. A request is registered for wake-ups before its family is read;
/// when the client goes, its place is free at once. All other requests pass through.
final class HeadsChannelHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// A connection without any request is closed after so long.
  private static let idleTime = TimeAmount.seconds(120)
  /// Parts of following requests that wait for an answer before they are looked at.
  private static let waitingParts = 64

  private let services: UpstreamServices
  private var context: ChannelHandlerContext?
  /// Responses that the rest of the pipeline owes.
  private var owed = 0
  private var waiting: [HTTPServerRequestPart] = []
  /// The head of a held request whose end has not come.
  private var reading: HTTPRequestHead?
  private var hold: Hold?
  /// Closes the connection where nothing comes.
  private var idle: Scheduled<Void>?

  /// A held request.
  private struct Hold {
    var call: DeviceCall
    var family: String
    var number: HoldNumber
    var waiter: UInt64?
    var timer: Scheduled<Void>?
    /// A look at the family is under way; a wake-up meanwhile asks for another.
    var isLooking = false
    var mustLookAgain = false
    var keepsAlive: Bool
    var requestID: String
  }

  init(services: UpstreamServices) { self.services = services }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    watchIdle(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    drop()
    idle?.cancel()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    drop()
    idle?.cancel()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A client that has closed its side waits for nothing; one that is held would go unnoticed.
    if case .some(.inputClosed) = event as? ChannelEvent, hold != nil {
      drop()
      context.close(promise: nil)
      return
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    idle?.cancel()
    guard waiting.isEmpty, hold == nil else {
      waiting.append(part)
      if waiting.count > HeadsChannelHandler.waitingParts { context.close(promise: nil) }
      return
    }
    take(part, context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var isEnd = false
    if case .end = unwrapOutboundIn(data) { isEnd = true }
    context.write(data, promise: promise)
    guard isEnd else { return }
    owed = max(0, owed - 1)
    takeWaiting(context)
    watchIdle(context)
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      guard isHeads(head) else {
        owed += 1
        context.fireChannelRead(wrapInboundOut(part))
        return
      }
      // Answers go out in the order of their requests.
      if owed > 0 { waiting.append(part) } else { reading = head }
    case .body: if reading == nil { context.fireChannelRead(wrapInboundOut(part)) }
    case .end:
      guard let head = reading else {
        context.fireChannelRead(wrapInboundOut(part))
        return
      }
      reading = nil
      begin(head, context)
    }
  }

  private func takeWaiting(_ context: ChannelHandlerContext) {
    guard owed == 0 else { return }
    let parts = waiting
    waiting = []
    for part in parts {
      // The first held request stops the rest again.
      if hold != nil || !waiting.isEmpty { waiting.append(part) } else { take(part, context) }
    }
    context.fireChannelReadComplete()
  }

  private func watchIdle(_ context: ChannelHandlerContext) {
    idle?.cancel()
    guard owed == 0, hold == nil, reading == nil else { return }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    idle = context.eventLoop.scheduleTask(in: HeadsChannelHandler.idleTime) { bound.value.close(promise: nil) }
  }

  private func isHeads(_ head: HTTPRequestHead) -> Bool {
    guard head.method == .GET, head.uri.utf8.count >= 16 else { return false }
    return Call.target(head.uri, basePath: services.basePath)?.path == ["v1", "device", "heads"]
  }

  // MARK: One held request

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let requestID = Call.requestID(head.headers.first(name: "x-request-id"))
    do {
      let authorization = head.headers.first(name: "authorization")
      let token = authorization.flatMap { $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7)) : nil }
      let (claims, instance) = try services.caller(
        authorization: token, instance: head.headers.first(name: "axolotly-instance"))
      let query = Call.target(head.uri, basePath: services.basePath)?.query ?? [:]
      guard let wait = Int64(query["wait"] ?? "0") else {
        throw Problem(400, "bad_request", "wait has to be a number of seconds.")
      }
      let number = services.nextHold()
      let question = HeadsQuestion(
        after: query["after"], hold: number, arrivedAt: UpstreamClock.now(), waitSeconds: wait)
      let call = DeviceCall(device: claims.device, instance: instance, action: .heads(question))
      hold = Hold(
        call: call, family: claims.family, number: number, keepsAlive: head.isKeepAlive, requestID: requestID)
      register(context)
      look(context)
    } catch let problem as Problem {
      write(problem.answer, keepsAlive: head.isKeepAlive, requestID: requestID, context)
    } catch {
      write(Problem.notFound.answer, keepsAlive: false, requestID: requestID, context)
    }
  }

  private func register(_ context: ChannelHandlerContext) {
    guard let hold else { return }
    let (loop, number) = (context.eventLoop, hold.number)
    let bound = NIOLoopBound(self, eventLoop: loop)
    self.hold?.waiter = services.wakeUps.register(family: hold.family) {
      loop.execute { bound.value.wake(number) }
    }
  }

  private func wake(_ number: HoldNumber) {
    guard let context, hold?.number == number else { return }
    look(context)
  }

  /// Asks the family on its store's thread; the answer comes back to the event loop.
  private func look(_ context: ChannelHandlerContext) {
    guard let hold else { return }
    if hold.isLooking {
      self.hold?.mustLookAgain = true
      return
    }
    self.hold?.isLooking = true
    self.hold?.timer?.cancel()
    let (loop, bound) = (context.eventLoop, NIOLoopBound(self, eventLoop: context.eventLoop))
    let (call, family, number) = (hold.call, hold.family, hold.number)
    services.families.submit { store in
      let answer: Result<FamilyAnswer, Problem>
      do { answer = .success(try store.handle(.device(call), family: family, now: UpstreamClock.now())) } catch {
        complain("axolotly-upstream: heads failed: \(error)")
        answer = .failure(Problem(503, "unavailable", "The upstream could not do it now.").retry(after: 5))
      }
      loop.execute { bound.value.finish(number, answer) }
    }
  }

  private func finish(_ number: HoldNumber, _ answer: Result<FamilyAnswer, Problem>) {
    guard let context, let hold, hold.number == number else { return }
    self.hold?.isLooking = false
    if case .success(.park(let until)) = answer {
      if hold.mustLookAgain {
        self.hold?.mustLookAgain = false
        look(context)
        return
      }
      let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
      let delay = max(0, until.milliseconds - UpstreamClock.now().milliseconds)
      self.hold?.timer = context.eventLoop.scheduleTask(in: .milliseconds(delay)) { bound.value.wake(number) }
      return
    }
    let (keepsAlive, requestID) = (hold.keepsAlive, hold.requestID)
    drop()
    let sent: Answer
    do { sent = try DeviceRoutes.answer(answer.get()) } catch let problem as Problem { sent = problem.answer } catch {
      sent = Problem(503, "unavailable", "The upstream could not do it now.").retry(after: 5).answer
    }
    write(sent, keepsAlive: keepsAlive, requestID: requestID, context)
  }

  /// Frees the place of the held request.
  private func drop() {
    guard let hold else { return }
    hold.timer?.cancel()
    if let waiter = hold.waiter { services.wakeUps.remove(family: hold.family, waiter: waiter) }
    self.hold = nil
  }

  private func write(_ answer: Answer, keepsAlive: Bool, requestID: String, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders()
    for (name, value) in answer.commonHeaders(requestID: requestID) { headers.add(name: name, value: value) }
    headers.add(name: "Date", value: HTTPDate.text(Int64(Date().timeIntervalSince1970)))
    if answer.status != 204 { headers.add(name: "Content-Length", value: String(answer.body.readableBytes)) }
    if !keepsAlive { headers.add(name: "Connection", value: "close") }
    let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if answer.body.readableBytes > 0 {
      context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
    }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let done = context.eventLoop.makePromise(of: Void.self)
    if !keepsAlive { done.futureResult.whenComplete { _ in bound.value.close(promise: nil) } }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
    takeWaiting(context)
    watchIdle(context)
  }
}
