import CCurl

/// The connections, names and TLS sessions that transfers share (a curl share handle).
///
/// Closing idle connections is taking a new pool: whoever began with the old one keeps it, and it ends with the last of
/// them, its connections with it. Confined to the transport's thread, so it needs no locks.
@safe final class ConnectionPool {
  let share: UnsafeMutableRawPointer

  init() {
    guard let share = unsafe curl_share_init() else { fatalError("curl_share_init had no memory for a handle") }
    unsafe self.share = share
    for data in [CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_SSL_SESSION] {
      let code = unsafe axolotly_share_setopt_data(share, CURLSHOPT_SHARE, data)
      precondition(code == CURLSHE_OK, "curl shares connections, names and TLS sessions since 7.57")
    }
  }

  deinit { unsafe curl_share_cleanup(share) }
}
