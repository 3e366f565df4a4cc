import CSQLite

extension Statement {
  package func bind(_ index: Int, _ value: Int64) throws(DatabaseError) {
    try check(unsafe sqlite3_bind_int64(handle, Int32(index), value), "sqlite3_bind_int64")
  }

  package func bind(_ index: Int, _ value: Double) throws(DatabaseError) {
    try check(unsafe sqlite3_bind_double(handle, Int32(index), value), "sqlite3_bind_double")
  }

  package func bind(_ index: Int, _ value: String) throws(DatabaseError) {
    var text = value
    let code = text.withUTF8 { bytes in
      guard let start = bytes.baseAddress else {
        return unsafe axolotly_sqlite3_bind_text(handle, Int32(index), "", 0)
      }
      return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        unsafe axolotly_sqlite3_bind_text(handle, Int32(index), $0, Int32(bytes.count))
      }
    }
    try check(code, "sqlite3_bind_text")
  }

  /// Binds bytes as text; SQLite takes them as they are, whether they are UTF-8 or not.
  package func bind(_ index: Int, text bytes: Span<UInt8>) throws(DatabaseError) {
    let code = unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else {
        return unsafe axolotly_sqlite3_bind_text(handle, Int32(index), "", 0)
      }
      return unsafe start.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
        unsafe axolotly_sqlite3_bind_text(handle, Int32(index), $0, Int32(buffer.count))
      }
    }
    try check(code, "sqlite3_bind_text")
  }

  package func bind(_ index: Int, _ value: [UInt8]) throws(DatabaseError) {
    let code = unsafe value.withUnsafeBytes { bytes in
      // A null pointer would bind NULL; an empty blob is not NULL.
      guard let start = bytes.baseAddress, bytes.count > 0 else {
        return unsafe sqlite3_bind_zeroblob(handle, Int32(index), 0)
      }
      return unsafe axolotly_sqlite3_bind_blob(handle, Int32(index), start, Int32(bytes.count))
    }
    try check(code, "sqlite3_bind_blob")
  }

  package func bindNull(_ index: Int) throws(DatabaseError) {
    try check(unsafe sqlite3_bind_null(handle, Int32(index)), "sqlite3_bind_null")
  }

  package func bind(_ index: Int, _ value: Int64?) throws(DatabaseError) {
    if let value { try bind(index, value) } else { try bindNull(index) }
  }

  package func bind(_ index: Int, _ value: String?) throws(DatabaseError) {
    if let value { try bind(index, value) } else { try bindNull(index) }
  }

  package func bind(_ index: Int, _ value: Value) throws(DatabaseError) {
    switch value {
    case .null: try bindNull(index)
    case .integer(let value): try bind(index, value)
    case .real(let value): try bind(index, value)
    case .text(let value): try bind(index, value)
    case .blob(let value): try bind(index, value)
    }
  }

  /// Binds all parameters from the first on. Their number must be the statement's.
  package func bind(_ values: [Value]) throws(DatabaseError) {
    guard values.count == Int(unsafe sqlite3_bind_parameter_count(handle)) else {
      throw DatabaseError(
        code: SQLITE_RANGE, message: "\(values.count) values for other parameters", call: "bind", sql: sql)
    }
    for (index, value) in values.enumerated() { try bind(index + 1, value) }
  }

  private func check(_ code: Int32, _ call: String) throws(DatabaseError) {
    checkThread()
    guard code == SQLITE_OK else { throw failure(code, call) }
  }
}
