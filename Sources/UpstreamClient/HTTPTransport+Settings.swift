extension HTTPTransport {
  /// What holds for every request; the numbers are those of `spec/wire.md` §2.
  package struct Settings: Sendable, Equatable {
    /// For name, connection and TLS together.
    package var connectTimeout: Duration
    /// A body that brings fewer bytes a second than this over `slowWindow` is given up; counted from its first byte.
    package var slowBytesPerSecond: Int
    package var slowWindow: Duration
    /// PEM file of certificates that are trusted beside the system's.
    package var extraCAFile: String?
    package var proxy: Proxy
    /// Requests under way at once; one more fails as `local`.
    package var maxTransfers: Int
    /// Connections kept open without a request.
    package var maxIdleConnections: Int

    package enum Proxy: Sendable, Equatable {
      /// `https_proxy`, `all_proxy`, `no_proxy` of the process.
      case environment
      case none
      /// An address as curl takes it, for example `http://proxy.example:3128`.
      case address(String)
    }

    package init(
      connectTimeout: Duration = .seconds(10), slowBytesPerSecond: Int = 100, slowWindow: Duration = .seconds(20),
      extraCAFile: String? = nil, proxy: Proxy = .environment, maxTransfers: Int = 32, maxIdleConnections: Int = 8
    ) {
      self.connectTimeout = connectTimeout
      self.slowBytesPerSecond = slowBytesPerSecond
      self.slowWindow = slowWindow
      self.extraCAFile = extraCAFile
      self.proxy = proxy
      self.maxTransfers = maxTransfers
      self.maxIdleConnections = maxIdleConnections
    }
  }
}
