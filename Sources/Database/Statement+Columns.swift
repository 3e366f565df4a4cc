import CSQLite

/// The columns of the current row. Each has its type: another one is an error, never a silent conversion.
extension Statement {
  package func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }
  package func isInteger(_ column: Int) -> Bool { type(column) == SQLITE_INTEGER }
  package func isText(_ column: Int) -> Bool { type(column) == SQLITE_TEXT }

  package func int64(_ column: Int) throws(DatabaseError) -> Int64 {
    guard type(column) == SQLITE_INTEGER else { throw mismatch(column, "an integer") }
    return unsafe sqlite3_column_int64(handle, Int32(column))
  }

  package func int(_ column: Int) throws(DatabaseError) -> Int { Int(try int64(column)) }

  /// An integer or a real, as a real.
  package func double(_ column: Int) throws(DatabaseError) -> Double {
    guard type(column) == SQLITE_FLOAT || type(column) == SQLITE_INTEGER else { throw mismatch(column, "a number") }
    return unsafe sqlite3_column_double(handle, Int32(column))
  }

  /// Text that is not UTF-8 is an error of form.
  package func text(_ column: Int) throws(DatabaseError) -> String {
    guard type(column) == SQLITE_TEXT, let text = bytes(column, { String(validating: $0) }) else {
      throw mismatch(column, "text")
    }
    return text
  }

  package func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
    guard type(column) == SQLITE_BLOB else { throw mismatch(column, "a blob") }
    return bytes(column) { span in
      var copy: [UInt8] = []
      copy.reserveCapacity(span.count)
      for index in span.indices { copy.append(span[index]) }
      return copy
    }
  }

  package func optionalInt64(_ column: Int) throws(DatabaseError) -> Int64? {
    isNull(column) ? nil : try int64(column)
  }

  package func optionalInt(_ column: Int) throws(DatabaseError) -> Int? { isNull(column) ? nil : try int(column) }

  package func optionalText(_ column: Int) throws(DatabaseError) -> String? {
    isNull(column) ? nil : try text(column)
  }

  /// Lends the bytes of a text or blob; empty for NULL.
  package func bytes<R>(_ column: Int, _ body: (Span<UInt8>) -> R) -> R {
    checkThread()
    // The pointer comes first: asking for it may convert, and the length is that of what it points to.
    let start = unsafe sqlite3_column_blob(handle, Int32(column))
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
    return body(unsafe Span(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)))
  }

  private func type(_ column: Int) -> Int32 {
    checkThread()
    return unsafe sqlite3_column_type(handle, Int32(column))
  }

  private func mismatch(_ column: Int, _ expected: String) -> DatabaseError {
    var error = DatabaseError.form("column \(column) is not \(expected)", call: "sqlite3_column")
    error.sql = sql
    return error
  }
}

extension String {
  /// The text of UTF-8 bytes; nil where they are not UTF-8.
  package init?(validating bytes: Span<UInt8>) {
    guard let text = unsafe bytes.withUnsafeBufferPointer({ unsafe String(validating: $0, as: UTF8.self) }) else {
      return nil
    }
    self = text
  }
}
