internal import AgentCore

/// The links, addresses and default routes that are known, to tell a change from what is only said again.
///
/// The kernel repeats itself: lifetimes of IPv6 addresses and routes are renewed by the minute, links count their
/// neighbours. Of more than `Limits.routeEntries` of a kind, the further ones are changes every time.
package struct NetworkBook: Sendable {
  private var running: Set<UInt32> = []
  private var addresses: Set<RouteMessage.Address> = []
  private var routes: Set<RouteMessage.DefaultRoute> = []

  package init() {}

  /// Returns whether the message changes what connections depend on.
  package mutating func take(_ message: RouteMessage) -> Bool {
    switch message {
    case .link(let index, isRunning: true): return Self.insert(index, into: &running)
    case .link(let index, isRunning: false):
      // Routes of a link that went down go without a message of their own.
      routes = routes.filter { $0.link != index }
      return running.remove(index) != nil
    case .address(let address, isThere: true): return Self.insert(address, into: &addresses)
    case .address(let address, isThere: false):
      guard addresses.remove(address) != nil else { return false }
      routes = routes.filter { $0.link != address.link }
      return true
    case .defaultRoute(let route, isThere: true): return Self.insert(route, into: &routes)
    case .defaultRoute(let route, isThere: false): return routes.remove(route) != nil
    case .endOfAnswer: return false
    case .overrun: return true
    }
  }

  private static func insert<Element: Hashable>(_ element: Element, into set: inout Set<Element>) -> Bool {
    guard !set.contains(element) else { return false }
    if set.count < Limits.routeEntries { set.insert(element) }
    return true
  }
}
