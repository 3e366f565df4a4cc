import NIOCore
import NIOHTTP1

/// Puts `HeadsChannelHandler` right behind the HTTP decoder of its connection, and goes.
///
/// Hummingbird adds handlers behind its own codec; the held requests are answered before anything of it runs.
final class HeadsHandlerInstaller: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private let services: UpstreamServices

  init(services: UpstreamServices) { self.services = services }

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(HeadsChannelHandler(services: services), position: .after(decoder))
    } catch {
      // Without it the connection could hold nothing: it is of no use to a box.
      context.close(promise: nil)
    }
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}
