import AgentCore
import CCurl

/// One curl easy handle, the texts that it points to, and the pool it draws on; confined to the transport's thread.
@safe final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?
  private let pool: ConnectionPool

  init(pool: ConnectionPool) {
    guard let handle = unsafe curl_easy_init() else { fatalError("curl_easy_init had no memory for a handle") }
    unsafe pointer = handle
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    self.pool = pool
    unsafe _ = axolotly_easy_setopt_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    unsafe _ = axolotly_easy_setopt_pointer(pointer, CURLOPT_SHARE, pool.share)
  }

  deinit {
    unsafe curl_easy_cleanup(pointer)
    unsafe curl_slist_free_all(headers)
    unsafe errorText.deallocate()
  }

  /// What curl says of the failure: its own line, else the code's.
  func errorLine(_ code: CURLcode) -> String {
    let line = unsafe String(cString: errorText)
    if !line.isEmpty { return line }
    return unsafe curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? "curl error"
  }

  func set(_ option: CURLoption, _ value: Int) throws(TransportFailure) {
    try unsafe check(axolotly_easy_setopt_long(pointer, option, value), option)
  }

  /// The size of a body, which may pass the range of `long`.
  func setSize(_ option: CURLoption, _ value: Int) throws(TransportFailure) {
    try unsafe check(axolotly_easy_setopt_offset(pointer, option, curl_off_t(value)), option)
  }

  /// curl copies the text.
  func set(_ option: CURLoption, _ text: String) throws(TransportFailure) {
    let code = unsafe text.withCString { unsafe axolotly_easy_setopt_text(pointer, option, $0) }
    try check(code, option)
  }

  /// curl copies the body.
  func setBody(_ bytes: [UInt8]) throws(TransportFailure) {
    try setSize(CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
    // An empty array may have no address, and without one curl would read the body from elsewhere.
    if bytes.isEmpty { return try set(CURLOPT_COPYPOSTFIELDS, "") }
    let code = unsafe bytes.withUnsafeBytes { body in
      unsafe axolotly_easy_setopt_pointer(
        pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
    }
    try check(code, CURLOPT_COPYPOSTFIELDS)
  }

  /// Lines `Name: value`; they live as long as the handle.
  func setHeaders(_ lines: [String]) throws(TransportFailure) {
    for line in lines {
      guard line.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        throw .local("the header \(line.prefix { $0 != ":" }) holds a character that a header may not")
      }
      guard let longer = unsafe curl_slist_append(headers, line) else {
        throw .local("curl_slist_append: no memory")
      }
      unsafe headers = longer
    }
    try unsafe check(axolotly_easy_setopt_list(pointer, CURLOPT_HTTPHEADER, headers), CURLOPT_HTTPHEADER)
  }

  /// Both callbacks are handed `context`, which outlives the handle's transfer.
  func setCallbacks(
    header: axolotly_bytes_callback, body: axolotly_bytes_callback, context: UnsafeMutableRawPointer
  ) throws(TransportFailure) {
    try unsafe check(axolotly_easy_setopt_callback(pointer, CURLOPT_HEADERFUNCTION, header), CURLOPT_HEADERFUNCTION)
    try unsafe check(axolotly_easy_setopt_pointer(pointer, CURLOPT_HEADERDATA, context), CURLOPT_HEADERDATA)
    try unsafe check(axolotly_easy_setopt_callback(pointer, CURLOPT_WRITEFUNCTION, body), CURLOPT_WRITEFUNCTION)
    try unsafe check(axolotly_easy_setopt_pointer(pointer, CURLOPT_WRITEDATA, context), CURLOPT_WRITEDATA)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return unsafe axolotly_easy_getinfo_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  /// Times in microseconds, sizes in bytes.
  func quantity(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return unsafe axolotly_easy_getinfo_offset(pointer, info, &value) == CURLE_OK ? Int(value) : 0
  }

  func text(_ info: CURLINFO) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard unsafe axolotly_easy_getinfo_text(pointer, info, &value) == CURLE_OK, let text = unsafe value else {
      return nil
    }
    return unsafe String(cString: text)
  }

  private func check(_ code: CURLcode, _ option: CURLoption) throws(TransportFailure) {
    guard code != CURLE_OK else { return }
    throw .local("curl_easy_setopt \(option.rawValue): \(errorLine(code))")
  }
}
